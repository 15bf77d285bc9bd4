import { competitive, example, explain, type Method, type Session, type Tensor } from '@agon/core'
import { competitiveShapley, featureAblation, kernelShap, lime, occlusion, rise, shapleySampling } from '@agon/methods'
import { modelOf, tinyCnn } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bits, engine, normals } from './nets.js'

const { model } = tinyCnn()
const shaped = ({ data }: Tensor): Tensor => ({ shape: [data.length / 192, 3, 8, 8], data })
const input = shaped(normals(2, 192))

/** Four segments. */
const quarters = { segments: 'grid', cell: 4 } as const

/** Every method with the forward passes of one example. */
const made: readonly (readonly [Method, number])[] = [
  [occlusion({ window: 4, stride: 3 }), 9],
  [featureAblation(quarters), 4],
  [featureAblation({ segments: 'slic', superpixels: 4, baseline: 'mean' }), NaN],
  [rise({ samples: 5, cells: 3 }), 5],
  [shapleySampling({ ...quarters, samples: 3 }), 9],
  [kernelShap({ ...quarters, samples: 14 }), 14],
  [kernelShap({ ...quarters, samples: 13 }), 12],
  [lime({ ...quarters, samples: 7 }), 7]
]

/** A session that records how many examples every forward pass was given. */
async function counted(onForward: (calls: number) => void = () => undefined) {
  const inner = await engine.load(model)
  const batches: number[] = []
  const forward: Session['forward'] = (x, options) => {
    batches.push(x.shape[0]!)
    onForward(batches.length)
    return inner.forward(x, options)
  }
  return { session: { ...inner, forward }, batches }
}

/** Least budget of those that look at tables: below, they are refused. */
const tables = ({ name }: Method): number => (/kernel-shap|lime/.test(name) ? 2600 : name === 'rise' ? 1000 : 1)

describe.each(made.map(([method, passes]) => [method.name, method, passes] as const))('%s', (_, method, passes) => {
  it('gives the same bits for every byte budget', async () => {
    const { session } = await counted()
    const run = (memory: number) => explain(session, input, method, { target: 2, seed: 4, memory })
    const whole = bits((await run(2 ** 28)).attribution)
    for (const memory of [tables(method), 3000, 5000, 20_000]) {
      expect(bits((await run(memory)).attribution)).toEqual(whole)
    }
  })

  it('gives the first example the same bits whatever follows it', async () => {
    const { session } = await counted()
    const run = async (x: Tensor) => bits((await explain(session, x, method, { target: 2, seed: 4 })).attribution)
    expect((await run(input)).slice(0, 192)).toEqual(await run(example(input, 0)))
  })

  it('takes as many forward passes for a contest of all labels as for the map of one', async () => {
    const passesOf = async (of: Method): Promise<number> => {
      const { session, batches } = await counted()
      await explain(session, input, of, {})
      return batches.reduce((sum, count) => sum + count, 0)
    }
    const [one, all] = [await passesOf(method), await passesOf(competitive(method))]
    expect(all).toBe(one)
    // The example itself, the perturbed copies, and for Shapley values the baseline.
    const isShapley = /shap/.test(method.name)
    if (!Number.isNaN(passes)) expect(one).toBe(2 + 2 * passes + (isShapley ? 1 : 0))
  })

  it('keeps in a contest the same values, in chunks of labels as well', async () => {
    const { session } = await counted()
    const contested = competitive(method, { granularity: 'element' })
    const run = async (memory: number) => (await explain(session, input, contested, { memory, seed: 2 })).contest
    expect(await run(7000)).toEqual(await run(2 ** 28))
  })

  it('reports progress that rises to the end, and stops between batches when it is aborted', async () => {
    const seen: [number, number][] = []
    const { session } = await counted()
    const memory = Math.max(3000, tables(method))
    await explain(session, input, method, { memory, onProgress: (done, total) => seen.push([done, total]) })
    expect(seen.length).toBeGreaterThan(2)
    expect(new Set(seen.map(([, total]) => total)).size).toBe(1)
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).sort((a, b) => a - b))
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1])
    const abort = new AbortController()
    const aborted = await counted((calls) => calls === 4 && abort.abort(new Error('enough')))
    const run = explain({ ...aborted.session }, input, method, { memory, signal: abort.signal })
    await expect(run).rejects.toThrow('enough')
    expect(aborted.batches).toHaveLength(4)
  })
})

describe('batches', () => {
  it('hold as many copies as a third of the budget does, at most 64', async () => {
    const passes = async (memory?: number): Promise<number[]> => {
      const { session, batches } = await counted()
      const method = rise({ samples: 70 })
      await explain(session, example(input, 0), method, memory === undefined ? {} : { memory })
      return batches.slice(1)
    }
    const perCopy = 4 * (192 + 7)
    expect(await passes()).toEqual([64, 6])
    expect(await passes(3 * 30 * perCopy)).toEqual([30, 30, 10])
  })
})

describe('a contest of a thousand labels', () => {
  const many = modelOf('many', [6], (b) => b.add('Tanh', [b.add('Gemm', [b.input, b.weights([6, 1000])])]), 2)
  const flat = normals(1, 6)

  async function passesOf(method: Method, memory?: number): Promise<number> {
    const inner = await engine.load(many)
    let passes = 0
    const forward: Session['forward'] = (x) => {
      passes += x.shape[0]!
      return inner.forward(x)
    }
    await explain({ ...inner, forward }, flat, method, memory === undefined ? {} : { memory })
    return passes
  }

  it('costs one set of forward passes where the budget holds the sums of all, else one for as many as it holds', async () => {
    const method = competitiveShapley({ samples: 4 })
    const once = 4 * 5
    expect(await passesOf(method)).toBe(2 + once)
    // Half of the budget is the base's, a third of that for the sums: 6 numbers of 8 bytes for each of 250 labels at a time.
    const forAQuarter = 6 * 250 * 6 * 8
    expect(await passesOf(method, forAQuarter)).toBe(1 + 4 * (1 + once))
  })

  it('tells one progress for all its parts', async () => {
    const seen: [number, number][] = []
    const onProgress = (done: number, total: number) => seen.push([done, total])
    const session = await engine.load(many)
    await explain(session, flat, competitiveShapley({ samples: 4 }), { memory: 6 * 250 * 6 * 8, onProgress })
    // Copies of every part, then labels.
    expect(new Set(seen.map(([, total]) => total))).toEqual(new Set([4 * 4 * 5 + 1000]))
    expect(seen.map(([done]) => done)).toEqual(seen.map(([done]) => done).sort((a, b) => a - b))
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1])
  })

  it('costs no more where their maps are made in chunks', async () => {
    const method = competitiveShapley({ samples: 4, segments: Int32Array.of(0, 1, 1, 0, 1, 0) })
    const memory = 6 * 1000 * 2 * 8
    expect(memory / 2 / (16 * 6)).toBe(500)
    expect(await passesOf(method, memory)).toBe(2 + 4 * 1)
  })
})

describe('tables that do not fit the budget', () => {
  it.each([
    [kernelShap({ segments: 'element' }), /kernel-shap on 192 segments: expected at most 33333 bytes/],
    [lime({ segments: 'element' }), /lime on 192 segments/],
    [rise({ samples: 1_000_000, cells: 200 }), /tables of rise/]
  ])('are refused before they are made: $name', async (method, message) => {
    const { session } = await counted()
    const run = explain(session, input, method, { memory: 100_000 })
    await expect(run).rejects.toMatchObject({ code: 'AGON_OUT_OF_BUDGET' })
    await expect(run).rejects.toThrow(message)
  })
})
