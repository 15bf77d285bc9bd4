import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createReferenceEngine, listEngines, loadModel, prepareInput, type Plan, type PlanLayer } from 'agon'
import { describe, expect, it } from 'vitest'
import type { ExplanationRecord } from '../src/output/record.js'
import { agon, picture, reference, temporaryFolder } from './run-cli.js'

const boot = picture('ankle-boot')
const name = 'ankle-boot-0'
const cpu = listEngines().find((engine) => engine.name === 'cpu')!.available

/** Runs `agon explain fashion-mnist --plan` into a new folder. */
async function planned(...rest: string[]) {
  const folder = temporaryFolder()
  const outcome = await agon(['explain', 'fashion-mnist', boot, '--plan', '--format', 'json', ...rest, '--out', folder])
  expect({ code: outcome.code, err: outcome.err }).toMatchObject({ code: 0 })
  const record = (method: string) =>
    JSON.parse(readFileSync(join(folder, `${name}.${method}.json`), 'utf8')) as ExplanationRecord
  return { ...outcome, record }
}

/** The share of a value's elements that are larger than 0, by the reference engine. */
async function positiveShares(values: readonly string[]): Promise<number[]> {
  const model = await loadModel('fashion-mnist')
  const { input } = await prepareInput(model, boot)
  const session = await createReferenceEngine().load(model)
  try {
    const all = await Promise.all(values.map((at) => session.forward(input, { at })))
    return all.map(({ data }) => data.filter((value) => value > 0).length / data.length)
  } finally {
    session.dispose()
  }
}

describe.skipIf(!cpu)('agon explain --plan on the native engine (needs the native addon)', () => {
  const layersOf = ({ layers }: Plan) => new Map(layers.map((layer) => [layer.output, layer]))

  it('tells what is true of the model and of the picture', async () => {
    const { record, err } = await planned('--engine', 'cpu')
    const { plans, seconds } = record('cgi')
    expect({ count: plans!.length, err }).toEqual({ count: 1, err: '' })
    const [plan] = plans!
    const layers = layersOf(plan!)
    const model = await loadModel('fashion-mnist')
    const convs = model.nodes.filter(({ op }) => op === 'Conv')
    expect(convs.length).toBe(6)
    for (const { name: node, outputs } of convs) expect(layers.get(outputs[0]!)).toMatchObject({ node, op: 'Conv' })
    plan!.layers.forEach(expectSound)
    const clock = plan!.layers.reduce((sum, layer) => sum + layer.seconds, plan!.forwardSeconds + plan!.foldSeconds)
    expect(clock > 0 && clock < seconds).toBe(true)
    // A convolution, a ReLU that reads it, and a layer behind that which takes every position: alive is what the ReLU let through.
    const pairs = [1, 3, 5, 6].map((n) => [`conv${n}`, `relu${n}`] as const)
    const shares = await positiveShares(pairs.map(([, relu]) => relu))
    pairs.forEach(([conv], i) => {
      const { alive, outputs } = layers.get(conv)!
      expect(alive / outputs).toBe(shares[i])
    })
    // Max pooling lets only the winners through.
    const [pooled] = await positiveShares(['relu2'])
    expect(layers.get('conv2')!.alive / layers.get('conv2')!.outputs).toBeLessThan(pooled!)
  })

  it('carries as many cotangents as labels compete', async () => {
    const { record } = await planned('--engine', 'cpu', '--labels', 'top:4')
    for (const { cotangents } of record('cgi').plans![0]!.layers) expect(cotangents).toBe(4)
  })

  it('prints the table after the usual output, and the same numbers under --json', async () => {
    const { out } = await planned('--engine', 'cpu')
    expect(out).toMatch(
      /^ankle-boot-0\.png: Ankle boot[^]*\n {2}backward pass of cgi:\n {2}layer +operator +way +alive/
    )
    for (const n of [1, 2, 3, 4, 5, 6]) expect(out).toMatch(new RegExp(`^  conv${n} +Conv +\\w+ +[\\d.]+ % `, 'm'))
    expect(out).toMatch(/^ {2}\d+ layers only moved rows: Relu 6, MaxPool 2/m)
    expect(out).toMatch(
      / of [\d.]+ GFLOP, [\d.]+ % skipped, [\d.]+ ms, [\d.]+ GF\/s; forward [\d.]+ ms; fold [\d.]+ ms\n$/
    )
    const json = await planned('--engine', 'cpu', '--json')
    const document = JSON.parse(json.out) as { inputs: { results: ExplanationRecord[] }[] }
    expect(document.inputs[0]!.results[0]).toEqual(json.record('cgi'))
    expect(document.inputs[0]!.results[0]!.plans![0]!.layers.length).toBeGreaterThan(6)
  })

  it('changes nothing of the map, and is not there unless it is asked for', async () => {
    const folder = temporaryFolder()
    const rest = ['--engine', 'cpu', '--format', 'npy,json', '--out', folder]
    const map = () => readFileSync(join(folder, `${name}.cgi.npy`))
    await agon(['explain', 'fashion-mnist', boot, ...rest])
    const before = map()
    expect(JSON.parse(readFileSync(join(folder, `${name}.cgi.json`), 'utf8'))).toMatchObject({ plans: null })
    await agon(['explain', 'fashion-mnist', boot, '--plan', ...rest])
    expect(map()).toEqual(before)
  })

  it('says that a contest of several passes has no plan', async () => {
    const method = 'competitive-integrated-gradients'
    const { err, record } = await planned('--engine', 'cpu', '--method', method, '--option', 'steps=2')
    expect(err).toBe(
      `agon: note: ${name}, ${method}: --plan: there is no plan; the maps of ${method} came from several passes, ` +
        'not from one backward pass of all labels\n'
    )
    expect(record(method)).toMatchObject({ plans: [], notes: [{ code: 'no-plan' }] })
  })
})

describe('agon explain --plan where there is none', () => {
  it('says that the engine makes none', async () => {
    const { err, out, record } = await planned(...reference)
    expect(err).toBe(`agon: note: ${name}, cgi: --plan: there is no plan; the reference engine makes none\n`)
    expect(out).not.toContain('backward pass')
    expect(record('cgi')).toMatchObject({ plans: [], notes: [{ code: 'no-plan' }] })
  })

  it('says that no labels compete', async () => {
    const { err } = await planned(...reference, '--method', 'gradient')
    expect(err).toBe(
      `agon: note: ${name}, gradient: --plan: there is no plan; no labels compete in gradient, and plans are made of contests\n`
    )
  })
})

function expectSound(layer: PlanLayer): void {
  const { alive, outputs, wanted, inputs, products, denseProducts, seconds, cotangents, way } = layer
  expect(products).toBeLessThanOrEqual(denseProducts)
  expect(alive > 0 && alive <= outputs).toBe(true)
  expect(wanted > 0 && wanted <= inputs).toBe(true)
  expect(seconds).toBeGreaterThanOrEqual(0)
  expect(cotangents).toBe(10)
  expect(products > 0).toBe(way !== 'move')
}
