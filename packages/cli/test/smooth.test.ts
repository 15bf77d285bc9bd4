import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createReferenceEngine, embedded, explain, gradient, loadModel } from 'agon'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { agon, picture, reference, temporaryFolder } from './run-cli.js'

const folder = temporaryFolder()
const boot = picture('ankle-boot')
const model = embedded[0]!.path

describe('agon smooth', () => {
  it('writes a model that onnxruntime runs, with labels and preprocessing, and says what it swapped', async () => {
    const out = join(folder, 'smooth.onnx')
    const argv = ['smooth', 'fashion-mnist', '--relu', 'softplus:10', '--max-pool', 'log-sum-exp:10:mean', '--out', out]
    const { code, out: text, err } = await agon(argv)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(text).toMatch(/^ {2}Relu +\d+ {2}softplus, beta 10$/m)
    expect(text).toMatch(/^ {2}MaxPool +\d+ {2}log-sum-exp of the mean, temperature 10$/m)
    expect(text).toContain(out)
    const written = await loadModel(out)
    const given = await loadModel('fashion-mnist')
    expect(written.labels).toEqual(given.labels)
    expect(written.preprocess).toEqual(given.preprocess)
    expect(written.nodes.map(({ op }) => op)).not.toContain('Relu')
    const session = await InferenceSession.create(readFileSync(out))
    const input = new Tensor('float32', new Float32Array(784).fill(0.5), [1, 1, 28, 28])
    const { dims } = (await session.run({ [session.inputNames[0]!]: input }))[session.outputNames[0]!]!
    expect(dims).toEqual([1, 10])
  })

  it('measures how far logits move: less with every sharper model, which in the end keeps the label', async () => {
    const drifts: number[] = []
    for (const beta of ['1', '10', '1000']) {
      const argv = ['smooth', 'fashion-mnist', '--relu', `softplus:${beta}`, '--input', boot, '--json', ...reference]
      const { code, out } = await agon(argv)
      expect(code).toBe(0)
      const found = JSON.parse(out) as {
        swapped: { op: string; choice: object }[]
        left: object
        drifts: { input: string; drift: number; top: number; topAfter: number }[]
        files: string[]
      }
      expect(found.files).toEqual([])
      expect(found.left).toHaveProperty('MaxPool')
      expect(found.swapped[0]).toMatchObject({ op: 'Relu', choice: { to: 'softplus', beta: Number(beta) } })
      drifts.push(found.drifts[0]!.drift)
      if (beta === '1000') expect(found.drifts[0]).toMatchObject({ top: 9, topAfter: 9, input: 'ankle-boot-0.png' })
    }
    expect(drifts[1]).toBeLessThan(drifts[0]!)
    expect(drifts[2]).toBeLessThan(drifts[1]! / 10)
    expect(drifts[2]).toBeGreaterThan(0)
  })

  it('prints the drift for people', async () => {
    const argv = ['smooth', 'fashion-mnist', '--max-pool', 'log-sum-exp:1000', '--input', boot, ...reference]
    const { out } = await agon(argv)
    expect(out).toMatch(/^ {2}Relu +\d+ {2}left as it is$/m)
    expect(out).toMatch(/^ {2}ankle-boot-0\.png +0\.\d+ %.* Ankle boot$/m)
    expect(out).toMatch(/^ {2}drift 0\.\d+ % on average, top label kept by 1 of 1$/m)
  })

  it('makes only the backward pass smooth: the written file has the same logits and other maps', async () => {
    const out = join(folder, 'backward.onnx')
    const argv = [
      'smooth',
      'fashion-mnist',
      '--relu',
      'softplus:2',
      '--backward-only',
      '--out',
      out,
      '--input',
      boot,
      '--json'
    ]
    const { code, out: text } = await agon([...argv, ...reference])
    expect(code).toBe(0)
    expect((JSON.parse(text) as { drifts: object[] }).drifts[0]).toMatchObject({ drift: 0, largest: 0 })
    const maps: { data: Float32Array; logits: Float32Array }[] = []
    for (const name of ['fashion-mnist', out]) {
      const { attribution, logits } = await explain(await loadModel(name), boot, gradient(), {
        engine: createReferenceEngine()
      })
      maps.push({ data: attribution.data, logits: logits.data })
    }
    expect(maps[1]!.logits).toEqual(maps[0]!.logits)
    expect(maps[1]!.data).not.toEqual(maps[0]!.data)
  })

  const cases: readonly (readonly [string, readonly string[], RegExp])[] = [
    [
      'nothing to do',
      ['--out', 'x.onnx'],
      /\[AGON_BAD_OPTION\] agon smooth: expected an option that says what becomes smooth/
    ],
    [
      'nothing to show for it',
      ['--relu', 'softplus:1'],
      /\[AGON_BAD_OPTION\] agon smooth: expected --out, --input, or both/
    ],
    ['another kind', ['--relu', 'sofplus:1', '--out', 'x.onnx'], /--relu.*Did you mean 'softplus'\?/],
    [
      'no beta',
      ['--relu', 'softplus', '--out', 'x.onnx'],
      /--relu: expected softplus:BETA, such as softplus:10, found 'softplus'/
    ],
    ['beta 0', ['--relu', 'softplus:0', '--out', 'x.onnx'], /--relu: expected softplus:BETA/],
    ['too much', ['--relu', 'softplus:1:2', '--out', 'x.onnx'], /--relu: expected softplus:BETA/],
    ['a wrong mean', ['--max-pool', 'log-sum-exp:1:avg', '--out', 'x.onnx'], /--max-pool: expected log-sum-exp:TEMP/],
    [
      'an operator that is not there',
      ['--hard-swish', 'softplus:1', '--out', 'x.onnx'],
      /\[AGON_BAD_OPTION\] .*'hardSwish'.*Relu/
    ],
    [
      'an unknown node',
      ['--relu', 'softplus:1', '--only', 'nothing', '--out', 'x.onnx'],
      /\[AGON_UNKNOWN_NAME\] node of model/
    ],
    ['no ONNX file', ['--relu', 'softplus:1', '--out', 'x.txt'], /--out: expected a path that ends in \.onnx/],
    ['the model itself', ['--relu', 'softplus:1', '--out', model], /--out: expected a file that is not read here/],
    [
      'no picture',
      ['--relu', 'softplus:1', '--out', join(folder, 'y.onnx'), '--input', 'no.png'],
      /\[AGON_BAD_FILE\] .*no\.png/
    ]
  ]
  it.each(cases)('refuses %s in one line, with exit code 2 and no file', async (_, rest, says) => {
    const { code, out, err } = await agon(['smooth', 'fashion-mnist', ...rest])
    expect(err).toMatch(says)
    expect({ code, out, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, out: '', lines: 1 })
    expect(existsSync('x.onnx') || existsSync(join(folder, 'y.onnx'))).toBe(false)
  })
})
