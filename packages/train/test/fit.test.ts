import { createReferenceEngine } from '@agon/engine-reference'
import { describe, expect, it, vi } from 'vitest'
import {
  accuracy,
  fit,
  fitFingerprint,
  resolveSettings,
  type CheckpointStore,
  type FitOptions,
  type FitProgress
} from '../src/index.js'
import { noisyRows } from './sets.js'
import { tinyNet, tinyOptions, tinySet, weightBytes } from './tiny-fit.js'

const engine = createReferenceEngine()
const ran = await fit(engine, tinyNet, tinySet, tinyOptions)

/** In memory; keeps every checkpoint that was written. */
function memoryStore(first?: Uint8Array): CheckpointStore & { readonly written: Uint8Array[] } {
  const written: Uint8Array[] = first ? [first] : []
  return { written, read: async () => written.at(-1), write: async (bytes) => void written.push(bytes) }
}

/** Runs a fit and aborts it after some updates. */
async function interrupted(updates: number, store: CheckpointStore, options: FitOptions = {}): Promise<void> {
  const abort = new AbortController()
  let seen = 0
  const onProgress = () => void (++seen === updates && abort.abort())
  const running = fit(engine, tinyNet, tinySet, {
    ...tinyOptions,
    ...options,
    onProgress,
    signal: abort.signal,
    checkpoint: store
  })
  await expect(running).rejects.toMatchObject({ name: 'AbortError' })
}

describe('fit', () => {
  it('learns what can be learnt, and to name examples that it has not seen', async () => {
    expect(ran.history).toHaveLength(4)
    expect(ran.history[3]!.loss).toBeLessThan(ran.history[0]!.loss / 2)
    expect(ran.history[3]!.accuracy).toBeGreaterThan(0.95)
    expect(await accuracy(engine, ran.model, noisyRows(100, 6, 2))).toBeGreaterThan(0.95)
    expect(await accuracy(engine, tinyNet, noisyRows(100, 6, 2))).toBeLessThan(0.8)
  })

  it('leaves the given model as it was, and changes nothing but weights', () => {
    const again = ran.model
    expect(weightBytes(tinyNet)).not.toEqual(weightBytes(again))
    expect({ ...again, constants: null }).toEqual({ ...tinyNet, constants: null })
    expect([...again.constants.keys()]).toEqual([...tinyNet.constants.keys()])
  })

  it('gives the same bytes for the same seed, and others for another', async () => {
    expect(weightBytes((await fit(engine, tinyNet, tinySet, tinyOptions)).model)).toEqual(weightBytes(ran.model))
    const other = await fit(engine, tinyNet, tinySet, { ...tinyOptions, seed: 6 })
    expect(weightBytes(other.model)).not.toEqual(weightBytes(ran.model))
  })

  it('tells after every update how far it is', async () => {
    const told: FitProgress[] = []
    await fit(engine, tinyNet, tinySet, { ...tinyOptions, onProgress: (progress) => told.push(progress) })
    expect(told.map(({ epoch, batch }) => [epoch, batch])).toEqual(
      [1, 2, 3, 4].flatMap((epoch) => [1, 2, 3, 4, 5, 6, 7].map((batch) => [epoch, batch]))
    )
    expect(told.at(-1)).toMatchObject({ epochs: 4, batches: 7, ...ran.history[3], secondsLeft: 0 })
    expect(told[3]!.secondsLeft).toBeGreaterThan(0)
  })

  it('ends after the first epoch that is right often enough', async () => {
    const most = ran.history[1]!.accuracy
    const until = Math.min(...ran.history.slice(0, 2).map((each) => each.accuracy)) - 0.001
    const stopped = await fit(engine, tinyNet, tinySet, { ...tinyOptions, until })
    expect(most).toBeGreaterThan(until)
    expect(stopped.history.length).toBeLessThan(4)
    expect(stopped.history).toEqual(ran.history.slice(0, stopped.history.length))
    expect(stopped.history.at(-1)!.accuracy).toBeGreaterThan(until)
  })
})

describe('an interrupted fit', () => {
  it.each([1, 6, 7, 8, 20])('goes on after %i updates as if nothing had happened, byte for byte', async (updates) => {
    const store = memoryStore()
    await interrupted(updates, store)
    expect(store.written).toHaveLength(1)
    const resumed = await fit(engine, tinyNet, tinySet, { ...tinyOptions, checkpoint: store })
    expect(resumed.resumedAt).toBe(updates)
    expect(weightBytes(resumed.model)).toEqual(weightBytes(ran.model))
    expect(resumed.history).toEqual(ran.history)
  })

  it('can be interrupted again and again', async () => {
    const store = memoryStore()
    for (let times = 0; times < 5; times++) await interrupted(3, store)
    const resumed = await fit(engine, tinyNet, tinySet, { ...tinyOptions, checkpoint: store })
    expect(resumed.resumedAt).toBe(15)
    expect(weightBytes(resumed.model)).toEqual(weightBytes(ran.model))
  })

  it('goes on from any checkpoint on the way, also the last one', async () => {
    const store = memoryStore()
    await fit(engine, tinyNet, tinySet, { ...tinyOptions, checkpoint: store, checkpointEvery: 7 })
    expect(store.written).toHaveLength(4)
    for (const bytes of store.written) {
      const resumed = await fit(engine, tinyNet, tinySet, { ...tinyOptions, checkpoint: memoryStore(bytes) })
      expect(weightBytes(resumed.model)).toEqual(weightBytes(ran.model))
    }
  })

  it('does not go on from a checkpoint of another fit', async () => {
    const store = memoryStore()
    await interrupted(3, store)
    const others: readonly (readonly [FitOptions, typeof tinySet])[] = [
      [{ ...tinyOptions, seed: 6 }, tinySet],
      [{ ...tinyOptions, rate: 0.01 }, tinySet],
      [tinyOptions, { ...tinySet, labels: [...tinySet.labels].reverse() }]
    ]
    for (const [options, set] of others) {
      await expect(fit(engine, tinyNet, set, { ...options, checkpoint: store })).rejects.toMatchObject({
        code: 'AGON_BAD_INPUT',
        remedy: 'Remove it to begin anew.'
      })
    }
  })

  it('does not go on from a damaged checkpoint', async () => {
    const store = memoryStore()
    await interrupted(3, store)
    const bytes = store.written[0]!
    const flipped = bytes.slice()
    flipped[flipped.length - 9]! ^= 1
    for (const damaged of [flipped, bytes.subarray(0, bytes.length - 4), new Uint8Array(), bytes.subarray(8)]) {
      const running = fit(engine, tinyNet, tinySet, { ...tinyOptions, checkpoint: memoryStore(damaged) })
      await expect(running).rejects.toMatchObject({ code: 'AGON_BAD_FILE', found: 'other bytes' })
    }
  })
})

describe('fit refuses', () => {
  it('an engine without parameter gradients', async () => {
    const { name, load } = engine
    await expect(fit({ name, load }, tinyNet, tinySet)).rejects.toMatchObject({ code: 'AGON_NO_ENGINE' })
  })

  it.each<[FitOptions, RegExp]>([
    [{ epochs: 0 }, /'epochs' of fit: expected a whole number from 1/],
    [{ batch: 1.5 }, /'batch' of fit/],
    [{ rate: 0 }, /'rate' of fit/],
    [{ rate: NaN }, /'rate' of fit/],
    [{ beta2: 1 }, /'beta2' of fit: expected a number from 0 to 1/],
    [{ until: 1.1 }, /'until' of fit/],
    [{ seed: -1 }, /'seed' of fit/],
    [{ schedule: 'cosin' as 'cosine' }, /schedule of the rate.*Did you mean 'cosine'/],
    [{ checkpointEvery: 0 }, /checkpointEvery of fit/],
    [{ epoch: 3 } as FitOptions, /option 'epoch' of fit.*Did you mean 'epochs'/]
  ])('%j', async (options, says) => {
    await expect(fit(engine, tinyNet, tinySet, options)).rejects.toMatchObject({
      code: 'AGON_BAD_OPTION',
      message: expect.stringMatching(says) as string
    })
  })

  it('to go on where the loss is no number any more', async () => {
    const learner = await engine.learner!(tinyNet)
    const pass = vi.fn().mockResolvedValue({ loss: NaN, correct: 0 })
    const broken = { ...engine, learner: async () => ({ ...learner, pass }) }
    await expect(fit(broken, tinyNet, tinySet, tinyOptions)).rejects.toMatchObject({
      code: 'AGON_NOT_FINITE',
      found: 'NaN at update 1'
    })
  })
})

describe('the fingerprint of a fit', () => {
  it('changes with every part of it, and with nothing else', async () => {
    const settings = resolveSettings(tinyOptions)
    const same = await fitFingerprint('cpu', tinyNet, tinySet, settings)
    expect(same).toMatch(/^[0-9a-f]{64}$/)
    const reordered = Object.fromEntries(Object.entries(settings).reverse()) as unknown as typeof settings
    expect(await fitFingerprint('cpu', { ...tinyNet, name: 'x' }, { ...tinySet }, reordered)).toBe(same)
    const weights = new Map(tinyNet.constants)
    const bias = weights.get('conv1.bias')!
    weights.set('conv1.bias', { dtype: 'float32', shape: bias.shape, data: Float32Array.of(0, 0, 1e-30) })
    const values = tinySet.values.slice()
    values[17]! ^= 1
    const labels = tinySet.labels.with(0, 1)
    const others = await Promise.all([
      fitFingerprint('reference', tinyNet, tinySet, settings),
      fitFingerprint('cpu', { ...tinyNet, constants: weights }, tinySet, settings),
      fitFingerprint('cpu', { ...tinyNet, nodes: tinyNet.nodes.slice(1) }, tinySet, settings),
      fitFingerprint('cpu', tinyNet, { ...tinySet, values }, settings),
      fitFingerprint('cpu', tinyNet, { ...tinySet, labels }, settings),
      fitFingerprint('cpu', tinyNet, tinySet, { ...settings, epochs: 5 })
    ])
    expect(new Set([same, ...others]).size).toBe(7)
  })
})
