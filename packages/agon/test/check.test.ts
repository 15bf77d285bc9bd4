import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { tinyCnn } from '@agon/testing'
import { afterAll, describe, expect, it } from 'vitest'
import {
  cascading,
  cgi,
  check,
  createAgon,
  createRandom,
  gradientTimesInput,
  loadModel,
  writeNpy,
  writeOnnx,
  type CheckOptions,
  type Tensor
} from '../src/index.js'
import { modelName } from '../src/check/model-name.js'

const folder = mkdtempSync(join(tmpdir(), 'agon-check-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const net = tinyCnn()
const inputs: Tensor[] = ['one', 'two'].map((name) => {
  const data = new Float32Array(net.inputShape.reduce((a, b) => a * b))
  createRandom(1).fork(name).normals(data)
  return { shape: net.inputShape, data }
})
const small: CheckOptions = { engine: 'reference', draws: 1, steps: 2, metrics: [], checks: ['cascading'] }
let runs = 0
const run = (options: CheckOptions, of = inputs) =>
  check(net.model, of, { ...small, out: join(folder, `${++runs}`), ...options })

describe('check', () => {
  it('takes methods and checks by name and as values, and finds the same', async () => {
    const named = await run({ methods: ['gradient-times-input', 'cgi'] })
    const made = await run({ methods: [gradientTimesInput(), cgi()], checks: [cascading({ draws: 1, steps: 2 })] })
    expect(named.report.methods.map(({ name, role, thinned }) => [name, role, thinned])).toEqual([
      ['gradient-times-input', 'method', undefined],
      ['cgi', 'method', 'thinned-cgi'],
      ['random-map', 'control', undefined],
      ['input', 'control', undefined],
      ['edge-detector', 'control', undefined],
      ['thinned-cgi', 'control', undefined]
    ])
    expect(made.report.methods).toEqual(named.report.methods)
    expect(made.report.cells).toEqual(named.report.cells)
    expect(JSON.parse(readFileSync(join(folder, '1', 'report.json'), 'utf8'))).toEqual(named.report)
  })

  it('makes an example of every one in a batch, with the same maps', async () => {
    const data = new Float32Array(inputs.flatMap((input) => [...input.data]))
    const together = { shape: [2, ...net.inputShape.slice(1)], data }
    const { report } = await run({}, [together])
    expect(report.inputs.map(({ name }) => name)).toEqual(['input-1[0]', 'input-1[1]'])
    const apart = (await run({})).report
    expect(report.cells.map(({ figures }) => figures)).toEqual(apart.cells.map(({ figures }) => figures))
  })

  it('compares with nets on permuted labels, a draw each, and refuses nets of another kind', async () => {
    const permuted = [2, 3].map((seed) => tinyCnn({ seed }).model)
    const { report } = await run({ permutedModel: permuted, checks: ['data-randomization'] })
    expect(report.checks.map(({ name, draws }) => [name, draws])).toEqual([['data-randomization', 2]])
    expect(report.cells).toHaveLength(6 * 2 * 2)
    const other = run({ permutedModel: tinyCnn({ labels: 3 }).model })
    await expect(other).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })

  it('gives masks to metrics that ask where the evidence is', async () => {
    const mask: Tensor = { shape: [1, 1, 8, 8], data: new Float32Array(64).fill(1) }
    const { report } = await run({ metrics: ['relevance-mass'], masks: [mask, mask], checks: [] })
    expect(report.scores.map(({ value }) => value)).toEqual(report.scores.map(() => 1))
    const small = { ...mask, shape: [1, 1, 4, 16] }
    await expect(run({ masks: [small, small] })).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
    await expect(run({ masks: [mask] })).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })

  it('takes another run for another one, whatever it is that differs', async () => {
    const out = join(folder, 'same')
    await run({ out })
    const moved = { ...inputs[0]!, data: inputs[0]!.data.map((value) => value + 1) }
    const refused = { code: 'AGON_BAD_OPTION' }
    await expect(run({ out }, [inputs[1]!, inputs[0]!])).rejects.toMatchObject(refused)
    await expect(run({ out }, [moved, inputs[1]!])).rejects.toMatchObject(refused)
    await expect(run({ out, methods: ['gradient-times-input', 'gradient'] })).rejects.toMatchObject(refused)
    await expect(run({ out, similarities: ['spearman'] })).rejects.toMatchObject(refused)
    await expect(check(tinyCnn({ seed: 2 }).model, inputs, { ...small, out })).rejects.toMatchObject(refused)
    await expect(run({ out, memory: 2 ** 24 })).resolves.toMatchObject({ state: 'done' })
  })

  it('refuses names and options that it does not know, and a call without inputs', async () => {
    await expect(run({ methods: ['cgo'] })).rejects.toMatchObject({ code: 'AGON_UNKNOWN_NAME' })
    await expect(run({ drawn: 2 } as CheckOptions)).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
    await expect(run({}, [])).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })

  it('reads inputs and models from files, which it knows by their bytes', async () => {
    const [model, input] = [join(folder, 'net.onnx'), join(folder, 'first.npy')]
    writeFileSync(model, writeOnnx(net.model))
    writeFileSync(input, writeNpy(inputs[0]!))
    const loaded = await loadModel(model)
    const { report } = await check(loaded, [input], { ...small, out: join(folder, 'files') })
    expect(report.model).toMatchObject({ sha256: loaded.sha256, name: 'net', graph: net.model.name })
    expect(report.inputs).toMatchObject([{ name: 'first' }])
    const own = (await run({}, [inputs[0]!])).report
    expect(report.cells.map(({ figures }) => figures)).toEqual(own.cells.map(({ figures }) => figures))
    expect(readFileSync(join(folder, 'files', 'report.html'), 'utf8')).toMatch(/<h1>[^<]* on net<\/h1>/)
    const { model: unfiled } = (await run({}, [inputs[0]!])).report
    expect([unfiled.name, 'graph' in unfiled]).toEqual([net.model.name, false])
  })

  it.each([
    ['nets/resnet18.onnx', 'resnet18'],
    ['/nets/vgg.v2.ONNX', 'vgg.v2'],
    ['/nets/mobilenet/model.onnx', 'mobilenet'],
    ['/nets/mobilenet/deep/../Model.onnx', 'mobilenet'],
    ['/model.onnx', 'model']
  ])('calls the model of %s %s', (path, name) => {
    expect(modelName(path)).toBe(name)
  })

  it('calls a model by the folder that a bare file is in', () => {
    expect(modelName('model.onnx')).toBe(basename(process.cwd()))
  })
})

describe('createAgon', () => {
  it('holds the checks, similarities and metrics that are built in, and names the nearest one', () => {
    const agon = createAgon()
    expect(agon.checks.names).toEqual(expect.arrayContaining(['cascading', 'smprt', 'data-randomization']))
    expect(agon.similarities.names).toContain('spearman')
    expect(agon.metrics.names).toEqual(expect.arrayContaining(['deletion', 'infidelity', 'pointing-game']))
    expect(() => agon.checks.get('cascadin')).toThrow(/Did you mean 'cascading'/)
    const clash = { name: 'mine', checks: [{ name: 'cascading', create: cascading }] }
    expect(() => createAgon({ plugins: [clash] })).toThrow(/of plugin 'mine'.*one of that name in Agon/)
  })
})
