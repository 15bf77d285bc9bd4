import { completeness, explain, rowsOf, type Method, type Session } from '@agon/core'
import { featureAblation, kernelShap, shapleySampling } from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { bits, engine, normals, tanhNet } from './nets.js'

const count = 6
const label = 1
const input = normals(2, count)
const baseline = normals(1, count, 2)
const loaded = engine.load(tanhNet())

/** Logits of the label where the elements of a coalition are those of example n, the others the baseline's: by the coalition's bits. */
async function worths(n: number): Promise<Float64Array> {
  const data = Float32Array.from({ length: 2 ** count * count }, (_, i) => {
    const isOn = (Math.floor(i / count) >> (i % count)) & 1
    return isOn ? input.data[n * count + (i % count)]! : baseline.data[i % count]!
  })
  const logits = rowsOf(await (await loaded).forward({ shape: [2 ** count, count], data }))
  return Float64Array.from(logits, (row) => row[label]!)
}

/** All orders of 0 .. count - 1. */
function allOrders(left = [0, 1, 2, 3, 4, 5]): number[][] {
  return left.length === 0
    ? [[]]
    : left.flatMap((first) => allOrders(left.filter((other) => other !== first)).map((rest) => [first, ...rest]))
}

/** What every element gains in every order, `[order][element]`. */
function gains(worth: Float64Array): { readonly order: readonly number[]; readonly gain: Float64Array }[] {
  return allOrders().map((order) => {
    const gain = new Float64Array(count)
    let coalition = 0
    for (const element of order) {
      gain[element] = worth[coalition | (1 << element)]! - worth[coalition]!
      coalition |= 1 << element
    }
    return { order, gain }
  })
}

function mean(rows: readonly Float64Array[]): number[] {
  return Array.from(rows[0]!, (_, i) => rows.reduce((sum, row) => sum + row[i]!, 0) / rows.length)
}

/** Shapley values and the variance of a gain, or of the mean of the gains in an order and backwards, by enumeration. */
async function truth(n: number) {
  const all = gains(await worths(n))
  const values = mean(all.map(({ gain }) => gain))
  const byOrder = new Map(all.map(({ order, gain }) => [order.join(), gain]))
  const spread = (of: (order: readonly number[], gain: Float64Array, i: number) => number): number[] =>
    values.map((value, i) => all.reduce((sum, { order, gain }) => sum + (of(order, gain, i) - value) ** 2, 0) / 720)
  return {
    values,
    variance: spread((_, gain, i) => gain[i]!),
    ofPairs: spread((order, gain, i) => (gain[i]! + byOrder.get([...order].reverse().join())![i]!) / 2)
  }
}

async function mapOf(method: Method, seed = 0, session?: Session): Promise<Float32Array[]> {
  const { attribution } = await explain(session ?? (await loaded), input, method, { target: label, baseline, seed })
  return rowsOf(attribution)
}

describe('shapley-sampling', () => {
  it.each([
    [false, 'variance', 1],
    [true, 'ofPairs', 2]
  ] as const)('errs as the enumerated variance says, antithetic %s', async (antithetic, variance, perDraw) => {
    const [samples, seeds] = [40, 60]
    const exact = await truth(0)
    const squares = new Float64Array(count)
    const sum = new Float64Array(count)
    for (let seed = 0; seed < seeds; seed++) {
      const found = (await mapOf(shapleySampling({ samples, antithetic }), seed))[0]!
      exact.values.forEach((value, i) => {
        squares[i] = squares[i]! + (found[i]! - value) ** 2
        sum[i] = sum[i]! + found[i]!
      })
    }
    exact.values.forEach((value, i) => {
      const expected = (exact[variance][i]! * perDraw) / samples
      expect(squares[i]! / seeds / expected).toBeGreaterThan(0.5)
      expect(squares[i]! / seeds / expected).toBeLessThan(1.8)
      expect(Math.abs(sum[i]! / seeds - value)).toBeLessThan(4 * Math.sqrt(expected / seeds))
    })
  })

  it.each([1, 2, 7])('adds up to the rise of the logit with %i orders, whatever they are', async (samples) => {
    const method = shapleySampling({ samples, baseline })
    const found = await explain(await loaded, input, method, { target: label, seed: samples })
    for (const n of [0, 1]) expect(Math.abs(completeness(method, found, n)!.gap)).toBeLessThan(2e-6)
  })

  it('gives a segment its value undivided if asked, and then claims no sum', async () => {
    const segments = Int32Array.of(0, 1, 1, 0, 2, 2)
    const [divided, whole] = [
      (await mapOf(shapleySampling({ segments })))[1]!,
      (await mapOf(shapleySampling({ segments, spread: 'whole' })))[1]!
    ]
    expect([...whole]).toEqual([...divided].map((value) => Math.fround(2 * value)))
    const method = shapleySampling({ segments, spread: 'whole' })
    expect(completeness(method, await explain(await loaded, input, method))).toBeUndefined()
  })

  it('of one segment gives it all', async () => {
    const segments = new Int32Array(count)
    const worth = await worths(0)
    const rise = worth[63]! - worth[0]!
    for (const method of [shapleySampling, kernelShap]) {
      const found = (await mapOf(method({ segments, spread: 'whole' })))[0]!
      found.forEach((value) => expect(value).toBeCloseTo(rise, 6))
    }
  })

  it('draws for every example on its own, by the seed', async () => {
    const of = async (seed: number) =>
      (await mapOf(shapleySampling({ samples: 3 }), seed)).map((data) => bits({ shape: [], data }))
    expect(await of(3)).toEqual(await of(3))
    expect(await of(3)).not.toEqual(await of(4))
  })
})

describe('kernel-shap', () => {
  it('of all coalitions is exact', async () => {
    for (const n of [0, 1]) {
      const { values } = await truth(n)
      const found = (await mapOf(kernelShap({ samples: 62 })))[n]!
      values.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(1e-6))
    }
  })

  it('of fewer coalitions comes near, and nearer with more; without all it depends on the seed', async () => {
    const { values } = await truth(0)
    const off = async (samples: number): Promise<number> => {
      let squares = 0
      for (let seed = 0; seed < 40; seed++) {
        const found = (await mapOf(kernelShap({ samples }), seed))[0]!
        values.forEach((value, i) => (squares += (found[i]! - value) ** 2))
      }
      return Math.sqrt(squares / 40)
    }
    const size = Math.hypot(...values)
    const [few, many] = [await off(15), await off(61)]
    expect(few).toBeLessThan(size)
    expect(many).toBeLessThan(0.6 * few)
    expect(many).toBeGreaterThan(1e-4 * size)
  })

  it('adds up to the rise of the logit, all coalitions or not', async () => {
    for (const samples of [14, 30, 62]) {
      const method = kernelShap({ samples, baseline })
      const found = await explain(await loaded, input, method, { target: label })
      for (const n of [0, 1]) expect(Math.abs(completeness(method, found, n)!.gap)).toBeLessThan(2e-6)
    }
  })

  it('refuses too few coalitions, and takes the fewest whatever the seed', async () => {
    const few = mapOf(kernelShap({ samples: 13 }))
    await expect(few).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
    await expect(few).rejects.toThrow(
      /'samples' of kernel-shap: expected at least 14 for 6 segments, found 13. Give more samples \(2 M \+ 2048/
    )
    for (let seed = 0; seed < 20; seed++) {
      expect((await mapOf(kernelShap({ samples: 14 }), seed))[0]!.every(Number.isFinite)).toBe(true)
    }
  })
})

describe('feature-ablation', () => {
  it('is what is lost from the full coalition', async () => {
    const worth = await worths(1)
    const found = (await mapOf(featureAblation()))[1]!
    found.forEach((value, i) => expect(value).toBeCloseTo(worth[63]! - worth[63 - 2 ** i]!, 6))
  })
})
