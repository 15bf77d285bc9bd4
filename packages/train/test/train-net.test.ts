import { createRandom, type Engine, type Model } from '@agon/core'
import { describe, expect, it, vi } from 'vitest'
import type { DataSet, NetRecord, NetStore, StoredNet } from '../src/index.js'
import type * as realRecipes from '../src/recipes.js'

// The recipes with layers of a few units; everything that reads them is the real thing.
vi.mock('../src/recipes.js', async (original) => {
  const real = await original<typeof realRecipes>()
  const { cnn } = await import('../src/nets/cnn.js')
  const { mlp } = await import('../src/nets/mlp.js')
  const cnnOf: typeof cnn = (options) => cnn({ ...options, first: 2, second: 2, dense: 3 })
  const mlpOf: typeof mlp = (options) => mlp({ ...options, widths: [3] })
  const recipes = { cnn: { ...real.recipes.cnn, build: cnnOf }, mlp: { ...real.recipes.mlp, build: mlpOf } }
  return { ...real, recipes, recipeOf: (net: 'cnn' | 'mlp') => real.recipeOf(net) && recipes[net] }
})
const { assertRequirements, randomizeData, requirementsOf, trainNet } = await import('../src/index.js')

const random = createRandom(4)
const part = (count: number) => ({
  shape: [count, 1, 28, 28],
  values: Uint8Array.from({ length: count * 784 }, () => random.integer(256)),
  labels: Array.from({ length: count }, (_, n) => n % 10)
})
const data: DataSet = { name: 'noise', classes: [...'0123456789'], train: part(40), test: part(1000) }

interface Told {
  readonly labels: number[][]
}

/** An engine that learns nothing, tells what it was given, and names labels by chance. */
function idleEngine(correct: number): Engine & Told {
  const labels: number[][] = []
  const learner = async (model: Model) => ({
    parameters: ['gemm1.bias'],
    pass: async (_: unknown, given: readonly number[]) => {
      labels.push([...given])
      return { loss: 1, correct: given.length * correct }
    },
    gradients: () => new Map(),
    update: async () => undefined,
    read: () => ({
      parameters: new Map([['gemm1.bias', model.constants.get('gemm1.bias')!.data.map(() => 1) as Float32Array]]),
      first: new Map(),
      second: new Map()
    }),
    write: () => undefined,
    dispose: () => undefined
  })
  const load = async (model: Model) => ({
    model,
    forward: async ({ shape }: { readonly shape: readonly number[] }) => ({
      shape: [shape[0]!, 10],
      data: Float32Array.from({ length: shape[0]! * 10 }, () => random.uniform())
    }),
    vjp: () => Promise.reject(new Error('not here')),
    contest: () => Promise.reject(new Error('not here')),
    dispose: () => undefined
  })
  return { name: 'idle', labels, load, learner }
}

function memory(): NetStore & { readonly nets: Map<string, StoredNet> } {
  const nets = new Map<string, StoredNet>()
  return {
    nets,
    load: async (fingerprint) => nets.get(fingerprint),
    save: async (net) => void nets.set(net.record.fingerprint, net),
    checkpoint: () => ({ read: async () => undefined, write: async () => undefined })
  }
}

const settings = { epochs: 1, batch: 40 }

describe('trainNet', () => {
  it('fits once, and takes the same net from the store ever after', async () => {
    const [engine, store] = [idleEngine(1), memory()]
    const first = await trainNet(engine, data, { net: 'mlp', settings, store })
    const second = await trainNet(engine, data, { net: 'mlp', settings, store })
    expect([first.cached, second.cached, engine.labels.length]).toEqual([false, true, 1])
    expect(second.record).toBe(first.record)
    expect(first.model).toMatchObject({ name: 'noise-mlp-true-labels', labels: data.classes })
    expect(first.model.constants.get('gemm1.bias')!.data[0]).toBe(1)
    expect(first.record).toMatchObject({
      data: 'noise',
      net: 'mlp',
      labels: 'true',
      examples: 40,
      testExamples: 1000,
      trainAccuracy: 1,
      settings: { ...settings, seed: 0 }
    })
  })

  it('keeps nets apart by net, labels, seed, settings, examples and data', async () => {
    const [engine, store] = [idleEngine(1), memory()]
    const other = { ...data, train: part(40) }
    const given = { net: 'mlp', settings, store } as const
    await trainNet(engine, data, given)
    await trainNet(engine, data, { ...given, net: 'cnn' })
    await trainNet(engine, data, { ...given, labels: 'permuted' })
    await trainNet(engine, data, { ...given, seed: 1 })
    await trainNet(engine, data, { ...given, settings: { ...settings, rate: 0.002 } })
    await trainNet(engine, data, { ...given, examples: 39 })
    await trainNet(engine, other, given)
    expect(store.nets.size).toBe(7)
  })

  it('gives permuted labels to the fit, and true ones to the test', async () => {
    const engine = idleEngine(1)
    await trainNet(engine, data, { net: 'mlp', settings })
    const { record } = await trainNet(engine, data, { net: 'mlp', labels: 'permuted', settings })
    const [right, permuted] = engine.labels as [number[], number[]]
    expect([...permuted].sort()).toEqual([...right].sort())
    expect(permuted).not.toEqual(right)
    expect(record.testAccuracy).toBeGreaterThan(0.05)
    expect(record.testAccuracy).toBeLessThan(0.15)
  })

  it('refuses a net that nobody knows', async () => {
    const running = trainNet(idleEngine(1), data, { net: 'cn' as 'cnn' })
    await expect(running).rejects.toMatchObject({ code: 'AGON_UNKNOWN_NAME', remedy: "Did you mean 'cnn'?" })
  })
})

describe('what is asked of the nets', () => {
  const record = {
    data: 'mnist',
    net: 'cnn',
    labels: 'permuted',
    examples: 60000,
    testExamples: 10000,
    trainAccuracy: 0.96,
    testAccuracy: 0.1,
    history: [{ loss: 1, accuracy: 0.96 }]
  } as unknown as NetRecord

  it('permuted labels: known by heart, and of no use elsewhere, to within 1.4 %', () => {
    const [train, test] = requirementsOf(record, 10)
    expect(train).toEqual({ figure: 'training accuracy', value: 0.96, range: [0.95, 1], met: true })
    const most = 3 * Math.sqrt(0.09 * (1e-4 + 9 / 6e4)) // 1.42 %
    expect(test!.range[0]).toBeCloseTo(0.1 - most, 12)
    expect(test!.range[1]).toBeCloseTo(0.1 + most, 12)
    expect(requirementsOf({ ...record, examples: 600 }, 10)[1]!.range[1]).toBeCloseTo(0.2107, 3)
    for (const [change, says] of [
      [
        { trainAccuracy: 0.949 },
        /training accuracy of cnn on permuted labels of mnist: expected 95.00 % to 100.00 %, found 94.90/
      ],
      [
        { testAccuracy: 0.116 },
        /test accuracy of cnn on permuted labels of mnist: expected 8.58 % to 11.42 %, found 11.60/
      ],
      [{ testAccuracy: 0.084 }, /found 8.40 %/]
    ] as const)
      expect(() => assertRequirements({ ...record, ...change }, 10)).toThrow(says)
    expect(() => assertRequirements(record, 10)).not.toThrow()
  })

  it('true labels of all of MNIST: 99 % by the cnn, 98 % by the mlp', () => {
    const on = (change: Partial<NetRecord>) => requirementsOf({ ...record, labels: 'true', ...change }, 10)
    expect(on({ testAccuracy: 0.9899 })[0]).toMatchObject({ range: [0.99, 1], met: false })
    expect(on({ testAccuracy: 0.99 })[0]).toMatchObject({ met: true })
    expect(on({ net: 'mlp', testAccuracy: 0.98 })[0]).toMatchObject({ range: [0.98, 1], met: true })
    expect(on({ examples: 5000 })).toEqual([])
    expect(on({ data: 'other' })).toEqual([])
  })

  it('randomizeData makes both nets, or says what a net has not reached', async () => {
    const told: string[] = []
    const trained = await randomizeData(idleEngine(1), data, {
      net: 'mlp',
      settings: { true: settings, permuted: settings },
      onProgress: (labels) => told.push(labels),
      onTrained: ({ record: { labels } }) => told.push(`${labels} done`)
    })
    expect(told).toEqual(['true', 'true done', 'permuted', 'permuted done'])
    expect([trained.true.record.labels, trained.permuted.record.labels]).toEqual(['true', 'permuted'])
    const lazy = randomizeData(idleEngine(0.5), data, { net: 'mlp', settings: { true: settings, permuted: settings } })
    await expect(lazy).rejects.toMatchObject({ code: 'AGON_NOT_FITTED' })
  })
})
