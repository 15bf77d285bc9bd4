import type { Tensor } from '@agon/core'
import { infidelityOf, type InfidelityOptions } from '@agon/metrics'
import { gradient, gradientTimesInput, integratedGradients, occlusion } from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { byHand, engine, linearNet, linearPictureNet, normals, scored, silent, squareNet } from './nets.js'

const flat = normals([3, 6])
const pictures = normals([2, 3, 4, 5])

const values = async (...of: Parameters<typeof scored>) => (await scored(...of)).map(({ value }) => value)

describe('infidelityOf', () => {
  it('is the mean squared error, with the standard deviation of the squared errors', () => {
    expect(infidelityOf([1, 2, 3], [1, 1, 1])).toEqual({
      value: 5 / 3,
      spread: expect.closeTo(2.0816659994661),
      beta: 1
    })
  })
  it('is scaled by the factor that fits best', () => {
    expect(infidelityOf([1, 2], [3, 5], { scaled: true })).toMatchObject({ value: expect.closeTo(0.1), beta: 2.6 })
    expect(infidelityOf([2, 4, 6], [1, 2, 3], { scaled: true })).toEqual({ value: 0, spread: 0, beta: 0.5 })
  })
  it('of nothing but zeros is the mean squared difference, scaled or not', () => {
    for (const scaled of [false, true]) expect(infidelityOf([0, 0], [1, 3], { scaled }).value).toBe(5)
  })
  it('has no spread with one perturbation', () => {
    expect(infidelityOf([2], [5])).toEqual({ value: 9, beta: 1 })
  })
})

describe('of a linear model', () => {
  it.each<[Partial<InfidelityOptions>]>([
    [{ perturbation: 'subset', share: 0.4 }],
    [{ perturbation: 'gaussian' }],
    [{ perturbation: 'gaussian', sigma: 3, granularity: 'pixel' }],
    [{ perturbation: 'noisy-baseline', baseline: 0.3 }],
    [{ perturbation: 'baseline-difference' }]
  ])('the gradient scores 0: %o', async (options) => {
    for (const form of ['captum', 'authors'] as const) {
      const found = await values(linearNet(), flat, gradient(), { ...options, form })
      const zero = await values(linearNet(), flat, silent, options)
      found.forEach((value, n) => expect(value).toBeLessThan(1e-10 * zero[n]!))
    }
  })

  it('the gradient scores 0 by squares', async () => {
    const found = await values(linearPictureNet(), pictures, gradient(), { perturbation: 'square', samples: 9 })
    const zero = await values(linearPictureNet(), pictures, silent, { perturbation: 'square', samples: 9 })
    found.forEach((value, n) => expect(value).toBeLessThan(1e-10 * zero[n]!))
  })

  it.each([
    ['gradient-times-input', gradientTimesInput(), undefined],
    ['integrated-gradients', integratedGradients({ steps: 2, baseline: 0.5 }), undefined],
    ['global gradient', gradient({ multiplier: 'global' }), { shape: [6], data: Float32Array.of(1, 0, 2, 0, 0, -1) }],
    ['occlusion', occlusion({ window: 1 }), undefined]
  ])("maps that are multiplied by the input score 0 in Captum's form: %s", async (_, method, baseline) => {
    for (const perturbation of ['gaussian', 'subset', 'noisy-baseline'] as const) {
      const found = await values(linearNet(), flat, method, { perturbation }, baseline && { baseline })
      found.forEach((value) => expect(value).toBeLessThan(1e-8))
    }
  })

  it('a map three times too large scores 4 times the mean squared difference, and 0 when scaled', async () => {
    const slopes = await (await engine.load(linearNet())).vjp(flat, { labels: [[0], [0], [0]] })
    const tripled = slopes.data.map((value) => 3 * value)
    const large = byHand(({ shape }) => ({ shape, data: tripled }), { multiplier: 'none' })
    const [found, zero] = [await values(linearNet(), flat, large, {}), await values(linearNet(), flat, silent, {})]
    found.forEach((value, n) => expect(value / zero[n]!).toBeCloseTo(4, 4))
    for (const value of await values(linearNet(), flat, large, { scaled: true })) expect(value).toBeLessThan(1e-8)
  })
})

describe('of a sum of squares, by hand', () => {
  const x: Tensor = { shape: [1, 2], data: Float32Array.of(3, 1) }

  it('I = x: the gradient tells 20 where 10 is lost, integrated gradients 10', async () => {
    const perturbation = 'baseline-difference'
    expect(await scored(squareNet(), x, gradient(), { perturbation })).toEqual([{ value: 100, samples: 1 }])
    expect((await values(squareNet(), x, integratedGradients(), { perturbation }))[0]).toBeCloseTo(0, 8)
    expect(await values(squareNet(), x, gradient(), { perturbation, baseline: 1 })).toEqual([16])
  })

  it('I normal: the mean of |I|^4 = 8 sigma^4', async () => {
    const [score] = await scored(squareNet(), x, gradient(), { perturbation: 'gaussian', sigma: 0.5, samples: 1500 })
    expect(score!.samples).toBe(1500)
    expect(score!.value / 0.5).toBeGreaterThan(0.85)
    expect(score!.value / 0.5).toBeLessThan(1.15)
    expect(score!.spread! / Math.sqrt(320 * 0.5 ** 8)).toBeCloseTo(1, 0)
  })

  it('one noise for all elements: |I|^4 = 4 e^4 with mean 12 sigma^4', async () => {
    const options = {
      perturbation: 'gaussian',
      sigma: 0.5,
      samples: 1500,
      granularity: 'pixel',
      channelAxis: 1
    } as const
    const [value] = await values(squareNet(), x, gradient(), options)
    expect(value! / 0.75).toBeGreaterThan(0.8)
    expect(value! / 0.75).toBeLessThan(1.15)
  })

  it('subsets of one: 81 or 1, half of each', async () => {
    const [value] = await values(squareNet(), x, gradient(), { share: 0.5, samples: 200 })
    expect(value).toBeGreaterThan(35)
    expect(value).toBeLessThan(47)
  })
})

describe('squares', () => {
  it('are all taken once, of every side up to the shortest, where there are no more than samples', async () => {
    const ones = { shape: [1, 3, 4, 5], data: new Float32Array(60).fill(1) }
    const { data: slopes } = await (await engine.load(linearPictureNet())).vjp(ones, { labels: [[0]] })
    const lost: number[] = []
    for (const side of [1, 2, 3, 4]) {
      for (let y = 0; y + side <= 4; y++) {
        for (let x = 0; x + side <= 5; x++) {
          const isIn = (i: number): boolean => {
            const [row, column] = [Math.floor((i % 20) / 5), i % 5]
            return row >= y && row < y + side && column >= x && column < x + side
          }
          lost.push(slopes.reduce((sum, slope, i) => sum + (isIn(i) ? slope : 0), 0))
        }
      }
    }
    const [score] = await scored(linearPictureNet(), ones, silent, { perturbation: 'square', samples: 1000 })
    expect(score!.samples).toBe(lost.length)
    expect(score!.value / (lost.reduce((sum, fall) => sum + fall ** 2, 0) / lost.length)).toBeCloseTo(1, 5)
  })

  it('are of pictures only', async () => {
    await expect(scored(linearNet(), flat, gradient(), { perturbation: 'square' })).rejects.toMatchObject({
      code: 'AGON_BAD_INPUT'
    })
  })
})
