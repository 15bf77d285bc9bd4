import { createRandom, explain, rowsOf, type Session } from '@agon/core'
import { lime, type LimeOptions } from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { factorized, solved } from '../src/perturbation/cholesky.js'
import { coalitionCount, fewestCoalitions, shapleyCoalitions } from '../src/perturbation/coalitions.js'
import { engine, normals, tanhNet } from './nets.js'

const count = 6
const input = normals(1, count)

/** The coefficients, and the switches and scores of the copies that the session was given. */
async function fitted(options: Partial<LimeOptions>) {
  const session = await engine.load(tanhNet())
  const copies: Float32Array[] = []
  const forward: Session['forward'] = (x) => {
    copies.push(...rowsOf(x))
    return session.forward(x)
  }
  const { attribution } = await explain({ ...session, forward }, input, lime(options), { target: 1, seed: 6 })
  const samples = copies.slice(1)
  const logits = await session.forward({
    shape: [samples.length, count],
    data: Float32Array.of(...samples.flatMap((copy) => [...copy]))
  })
  return {
    v: [...attribution.data],
    z: samples.map((copy) => Array.from(copy, (value): number => (value === 0 ? 0 : 1))),
    f: rowsOf(logits).map((row) => row[1]!)
  }
}

describe('lime', () => {
  it.each([
    [0.25, 1],
    [0.6, 0.05],
    [0.1, 0]
  ])('minimises the weighted squares with kernel width %d and ridge %d', async (kernelWidth, ridge) => {
    const { v, z, f } = await fitted({ samples: 80, kernelWidth, ridge })
    expect(z[0]).toEqual([1, 1, 1, 1, 1, 1])
    const w = z.map((on) => {
      const norm = Math.hypot(...on)
      const cosine = norm === 0 ? 0 : on.reduce((sum, value) => sum + value, 0) / (norm * Math.sqrt(count))
      return Math.exp(-((1 - cosine) ** 2) / kernelWidth ** 2)
    })
    const fit = z.map((on, k) => f[k]! - on.reduce((sum, value, i) => sum + value * v[i]!, 0))
    const weight = w.reduce((sum, value) => sum + value, 0)
    const constant = fit.reduce((sum, value, k) => sum + w[k]! * value, 0) / weight
    // Where the derivative by every coefficient is 0.
    for (let i = 0; i < count; i++) {
      const slope = z.reduce((sum, on, k) => sum + w[k]! * on[i]! * (fit[k]! - constant), 0) - ridge * v[i]!
      expect(Math.abs(slope) / weight).toBeLessThan(1e-6)
    }
    expect(Math.max(...v.map(Math.abs))).toBeGreaterThan(0.1)
  })

  it('without a ridge refuses samples that leave a coefficient open', async () => {
    const run = fitted({ samples: 5, ridge: 0 })
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
    await expect(run).rejects.toThrow(
      /'samples' of lime with ridge 0: expected copies that tell all 6 segments apart, more than 6 of them, found 5/
    )
  })

  it.each([[{ samples: 1 }], [{ kernelWidth: 0 }], [{ kernelWidth: Infinity }], [{ ridge: -1 }], [{ ridge: NaN }]])(
    'refuses %j',
    (options) => {
      expect(() => lime(options)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
    }
  )
})

describe('coalitions of Kernel SHAP', () => {
  const bySize = (samples: number, seed: number): number[] => {
    const random = createRandom(seed)
    const { on, weights } = shapleyCoalitions(6, samples, (pair) => random.fork(pair))
    const sums = [0, 0, 0, 0, 0, 0, 0]
    weights.forEach((weight, k) => {
      const size = on.subarray(6 * k, 6 * k + 6).reduce((sum, value) => sum + value, 0)
      sums[size] = sums[size]! + weight
    })
    return sums
  }
  const kernel = [0, 1, 5 / 8, 5 / 9, 5 / 8, 1, 0]

  it('weigh by size what the kernel says: all of them, or in the mean of what is drawn', () => {
    bySize(62, 0).forEach((sum, size) => expect(sum).toBeCloseTo(kernel[size]!, 12))
    const means = [0, 0, 0, 0, 0, 0, 0]
    for (let seed = 0; seed < 400; seed++)
      bySize(31, seed).forEach((sum, size) => (means[size] = means[size]! + sum / 400))
    means.forEach((mean, size) => expect(Math.abs(mean - kernel[size]!)).toBeLessThan(0.03))
    expect([means[1], means[5]].map((mean) => Math.round(1e9 * mean!) / 1e9)).toEqual([1, 1])
  })

  it('have each member as often', () => {
    const random = createRandom(3)
    const { on, weights } = shapleyCoalitions(6, 50, (pair) => random.fork(pair))
    const { on: all } = shapleyCoalitions(6, 62, (pair) => random.fork(pair))
    const times = (table: Uint8Array) =>
      [0, 1, 2, 3, 4, 5].map((i) => table.filter((value, at) => at % 6 === i && value === 1).length)
    expect(times(on)).toEqual(new Array(6).fill(weights.length / 2))
    expect(times(all)).toEqual(new Array(6).fill(31))
    expect(new Set(Array.from({ length: 62 }, (_, k) => all.subarray(6 * k, 6 * k + 6).join())).size).toBe(62)
  })

  it('are as many as were asked for, or all, and no fewer than leave no value open', () => {
    expect([1, 2, 3, 4, 6, 64].map(fewestCoalitions)).toEqual([0, 2, 6, 10, 14, 130])
    expect([1, 2, 3].map((segments) => coalitionCount(segments, 100))).toEqual([0, 2, 6])
    expect([14, 15, 31, 61, 62, 63].map((samples) => coalitionCount(6, samples))).toEqual([14, 14, 30, 60, 62, 62])
    expect(coalitionCount(64, 2176)).toBe(2176)
  })
})

describe('a symmetric matrix', () => {
  const a = Float64Array.of(4, 2, -2, 2, 5, 3, -2, 3, 14)

  it('is factored, and equations with it are solved', () => {
    const l = factorized(a, 3)!
    const x = solved(l, Float64Array.of(4, 10, 15))
    const back = [0, 1, 2].map((i) => [0, 1, 2].reduce((sum, j) => sum + a[3 * i + j]! * x[j]!, 0))
    back.forEach((value, i) => expect(value).toBeCloseTo([4, 10, 15][i]!, 12))
  })

  it('that is singular but for rounding, or has a negative direction, is told', () => {
    expect(factorized(Float64Array.of(1, 1 / 3, 1 / 3, 1 / 9 + 1e-17), 2)).toBeUndefined()
    expect(factorized(Float64Array.of(1, 2, 2, 1), 2)).toBeUndefined()
    expect(factorized(new Float64Array(4), 2)).toBeUndefined()
  })
})
