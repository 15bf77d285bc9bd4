import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  cgi,
  createReferenceEngine,
  embedded,
  explain,
  gradient,
  gradientTimesInput,
  integratedGradients,
  keptShare,
  loadModel,
  prepareInput,
  readNpy,
  writeNpy,
  type Method
} from 'agon'
import { describe, expect, it } from 'vitest'
import type { ExplanationRecord } from '../src/output/record.js'
import { agon, picture, put, reference, temporaryFolder } from './run-cli.js'

const boot = picture('ankle-boot')
const name = 'ankle-boot-0'

/** Runs `agon explain fashion-mnist` into a new folder. */
async function explained(...rest: string[]) {
  const out = temporaryFolder()
  const outcome = await agon(['explain', 'fashion-mnist', ...rest, '--out', out, ...reference])
  expect({ code: outcome.code, err: outcome.err }).toMatchObject({ code: 0 })
  return { ...outcome, folder: out, files: readdirSync(out).sort(), path: (file: string) => join(out, file) }
}

const record = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as ExplanationRecord

/** What core says of the same picture. */
async function direct(method: Method, options = {}) {
  return explain(await loadModel('fashion-mnist'), boot, method, { engine: createReferenceEngine(), ...options })
}

describe('agon explain', () => {
  it('writes exactly the map that explain() gives', async () => {
    const { files, path, out, err } = await explained(boot)
    expect(files).toEqual([`${name}.cgi.json`, `${name}.cgi.npy`, `${name}.cgi.png`])
    const { shape, data } = readNpy(readFileSync(path(`${name}.cgi.npy`)))
    const expected = await direct(cgi())
    expect({ shape, data }).toEqual(expected.attribution)
    expect(shape).toEqual([1, 1, 28, 28])
    expect(err).toBe('')
    expect(out).toMatch(/^ankle-boot-0\.png: Ankle boot \(9\), logit/)
    expect(out).toContain(`${name}.cgi.{png,npy,json}`)
  })

  it('records where the map comes from', async () => {
    const { path } = await explained(boot, '--seed', '7')
    const expected = await direct(cgi())
    const found = record(path(`${name}.cgi.json`))
    const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex')
    expect(found).toMatchObject({
      format: 'agon-explanation/1',
      method: { name: 'cgi', competitive: true, granularity: 'pixel', ties: 'lose' },
      input: { path: boot, sha256: sha256(boot), shape: [1, 1, 28, 28] },
      model: { name: 'fashion-mnist', sha256: sha256(embedded[0]!.path) },
      preprocess: { channels: 'gray', assumed: false },
      engine: 'reference',
      seed: 7,
      versions: { node: process.versions.node, agon: '0.1.0', '@agon/core': '0.1.0', '@agon/cli': '0.1.0' },
      competed: { complete: true, count: 10, of: 10, labels: 'all' },
      notes: []
    })
    const [example] = found.examples
    expect(example!.target).toEqual({ index: 9, name: 'Ankle boot', logit: expected.logits.data[9] })
    expect(example!.logits).toEqual([...expected.logits.data])
    expect(example!.top).toHaveLength(5)
    expect(example!.keptShare).toBe(keptShare(expected.attribution.data))
    const { won, min, median, max } = example!.margins!
    expect(won).toBe(expected.attribution.data.filter((value) => value !== 0).length)
    expect(min > 0 && min <= median && median <= max).toBe(true)
  })

  it('writes a sheet of several methods, whatever their shapes', async () => {
    const { files, path } = await explained(boot, '--method', 'cgi,gradient', '--granularity', 'element')
    expect(files).toContain(`${name}.png`)
    expect(files).toHaveLength(7)
    for (const file of files.filter((each) => each.endsWith('.png'))) {
      expect(readFileSync(path(file)).subarray(1, 4).toString()).toBe('PNG')
    }
    expect(readNpy(readFileSync(path(`${name}.gradient.npy`))).data).toEqual(
      (await direct(gradient())).attribution.data
    )
    expect(record(path(`${name}.gradient.json`)).examples[0]).toMatchObject({ keptShare: null, margins: null })
  })

  it('explains the label that is asked for, among the labels that are asked for', async () => {
    const { path, out } = await explained(boot, '--target', 'sneaker', '--labels', 'Sandal,9', '--ties', 'keep')
    const found = record(path(`${name}.cgi.json`))
    expect(found.examples[0]!.target).toMatchObject({ index: 7, name: 'Sneaker' })
    expect(found.competed).toEqual({
      complete: false,
      count: 3,
      of: 10,
      labels: [[5, 7, 9]],
      groups: null,
      extensions: ['subset']
    })
    expect(out).toContain('  3 of 10 labels competed, a subset, an extension of Agon\n')
    const expected = await direct(cgi({ ties: 'keep' }), { target: 7, labels: [5, 9] })
    expect(readNpy(readFileSync(path(`${name}.cgi.npy`))).data).toEqual(expected.attribution.data)
  })

  it('takes a list of labels for a batch whose targets differ', async () => {
    const model = await loadModel('fashion-mnist')
    const [one, two] = [await prepareInput(model, boot), await prepareInput(model, picture('bag'))]
    const data = Float32Array.of(...one.input.data, ...two.input.data)
    const batch = put(temporaryFolder(), 'batch.npy', writeNpy({ shape: [2, 1, 28, 28], data }))
    const { path, out } = await explained(batch, '--labels', '5,9')
    expect(record(path('batch.cgi.json')).competed).toEqual({
      complete: false,
      count: null,
      of: 10,
      labels: [
        [5, 9],
        [5, 8, 9]
      ],
      groups: null,
      extensions: ['subset']
    })
    expect(out).toContain('other subsets of the 10 labels competed in every example')
  })

  it('reports how far gradient (.) input is from adding up to the logit', async () => {
    const { path } = await explained(boot, '--method', 'gradient-times-input,gradient,cgi')
    const found = (method: string) => record(path(`${name}.${method}.json`)).examples[0]!
    const { attribution, logits } = await direct(gradientTimesInput())
    const { sum, logit, gap } = found('gradient-times-input').completeness!
    expect(sum).toBeCloseTo(
      attribution.data.reduce((total, value) => total + value, 0),
      3
    )
    expect(logit).toBe(logits.data[9])
    expect(gap).toBe(logit - sum)
    expect(Math.abs(gap)).toBeGreaterThan(1e-3) // its layers have biases
    expect([found('gradient').completeness, found('cgi').completeness]).toEqual([null, null])
  })

  it('prints one JSON document under --json, and nothing else', async () => {
    const { out, path } = await explained(boot, picture('bag'), '--json', '--format', 'json', '--method', 'gradient')
    const document = JSON.parse(out) as { inputs: { name: string; results: ExplanationRecord[] }[] }
    expect(document.inputs.map((input) => input.name)).toEqual([name, 'bag-18'])
    expect(document.inputs[0]!.results[0]).toEqual(record(path(`${name}.gradient.json`)))
  })

  it('feeds an .npy file as it is, with or without its batch axis', async () => {
    const { input } = await prepareInput(await loadModel('fashion-mnist'), boot)
    const folder = temporaryFolder()
    const one = put(folder, 'one.npy', writeNpy({ shape: [1, 28, 28], data: input.data }))
    const two = put(
      folder,
      'two.npy',
      writeNpy({ shape: [2, 1, 28, 28], data: Float32Array.of(...input.data, ...input.data) })
    )
    const { path } = await explained(one, two)
    const expected = (await direct(cgi())).attribution.data
    expect(readNpy(readFileSync(path('one.cgi.npy')))).toMatchObject({ shape: [1, 1, 28, 28], data: expected })
    const both = readNpy(readFileSync(path('two.cgi.npy')))
    expect(both).toMatchObject({ shape: [2, 1, 28, 28], data: Float32Array.of(...expected, ...expected) })
    expect(record(path('one.cgi.json')).preprocess).toBeNull()
    expect(record(path('two.cgi.json')).examples).toHaveLength(2)
  })

  it('gives a method its options, and records them all', async () => {
    const options = ['--option', 'steps=3', '--option', 'quadrature=midpoint']
    const { path } = await explained(boot, '--method', 'integrated-gradients', ...options)
    const expected = await direct(integratedGradients({ steps: 3, quadrature: 'midpoint' }))
    expect(readNpy(readFileSync(path(`${name}.integrated-gradients.npy`))).data).toEqual(expected.attribution.data)
    expect(record(path(`${name}.integrated-gradients.json`)).method.options).toEqual({
      steps: 3,
      quadrature: 'midpoint',
      baseline: null,
      multiplier: 'global'
    })
  })

  it('records the options of a competition with those of its base, and a base by its name', async () => {
    const { path } = await explained(boot, '--method', 'competitive-integrated-gradients', '--option', 'steps=2')
    const { method } = record(path(`${name}.competitive-integrated-gradients.json`))
    expect(method.options).toMatchObject({ steps: 2, granularity: 'pixel', ties: 'lose', channelAxis: null })
    const noisy = await explained(boot, '--method', 'smooth-grad', '--option', 'samples=2')
    const { options } = record(noisy.path(`${name}.smooth-grad.json`)).method
    expect(options).toEqual({ base: 'gradient', samples: 2, noise: 0.15, sigma: null })
  })

  it('says that an option of contests changes nothing where no labels compete', async () => {
    const { err } = await explained(boot, '--method', 'gradient', '--ties', 'keep')
    expect(err).toBe('agon: note: no labels compete in this method; --ties changes nothing\n')
  })
})

describe('what is not known of a model', () => {
  it('is assumed aloud: preprocessing, and labels that do not fit are left', async () => {
    const folder = temporaryFolder()
    const bare = put(folder, 'bare.onnx', readFileSync(embedded[0]!.path))
    put(folder, 'labels.txt', 'one\ntwo\n')
    const out = join(folder, 'out')
    const { code, err } = await agon(['explain', bare, boot, '--method', 'gradient', '--out', out, ...reference])
    expect(code).toBe(0)
    expect(err).toContain(
      "agon: note: no preprocessing is known for this model; assuming 'gray-unit' (say --preprocess)\n"
    )
    expect(err).toContain('labels.txt has 2 names for 10 logits')
    const found = record(join(out, `${name}.gradient.json`))
    expect(found.preprocess).toMatchObject({ name: 'gray-unit', assumed: true })
    expect(found.examples[0]!.target.name).toBeNull()
    expect(found.notes.map(({ code: each }) => each)).toEqual(['labels-unused', 'preprocess-assumed'])
  })

  it('is taken from labels.txt beside it where that fits', async () => {
    const folder = temporaryFolder()
    const bare = put(folder, 'bare.onnx', readFileSync(embedded[0]!.path))
    put(folder, 'labels.txt', Array.from({ length: 10 }, (_, i) => `kind ${i}`).join('\n'))
    const { out } = await agon([
      'explain',
      bare,
      boot,
      '--preprocess',
      'gray-unit',
      '--out',
      join(folder, 'out'),
      '--json',
      ...reference
    ])
    expect(out).toContain('"name": "kind 9"')
  })
})

describe('an interrupted run', () => {
  it('ends with exit code 130 and leaves nothing', async () => {
    const controller = new AbortController()
    const out = join(temporaryFolder(), 'out')
    let err = ''
    const { code, out: stdout } = await agon(['explain', 'fashion-mnist', boot, '--out', out, ...reference], {
      terminal: true,
      signal: controller.signal,
      err: (text) => {
        err += text
        if (text.includes('labels')) controller.abort() // at the first sign of progress
      }
    })
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(err).toMatch(/cgi: \d+\/10 labels[^]*agon: interrupted\n$/)
    expect(existsSync(out)).toBe(false)
  })
})

describe('--threads', () => {
  it('says that it changes nothing on the reference engine', async () => {
    const { err } = await explained(boot, '--method', 'gradient', '--threads', '2')
    expect(err).toBe('agon: note: the reference engine runs on one thread; --threads changes nothing\n')
  })
})
