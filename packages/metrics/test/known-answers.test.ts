import { createRandom, explain, tensor } from '@agon/core'
import { gradientTimesInput } from '@agon/methods'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import {
  aopc,
  areaUnder,
  deletion,
  deletionCurves,
  insertion,
  insertionCurves,
  monotonicity,
  monotonicityCorrelation,
  pixelFlipping,
  road,
  sensitivityN,
  sufficiency
} from '../src/faithfulness/index.js'
import { engine, given, linear, row, scoreOf, scoresOf } from './given-maps.js'

/** One logit of 4 elements, whose shares of it are 2, 6, -1 and 4. */
const weights = [2, 3, -1, 8]
const example = [1, 2, 1, 0.5]
const ofLogit = { steps: 4, of: 'logit' } as const
const exact = { model: linear([4], weights), input: row(example), method: gradientTimesInput() }

describe('a linear model', () => {
  it('loses its largest shares first', async () => {
    const { value, curve, samples } = await scoreOf(exact, deletion(ofLogit))
    expect(curve).toEqual([11, 5, 1, -1, 0])
    expect(value).toBe((11 / 2 + 5 + 1 - 1 + 0 / 2) / 4)
    expect(samples).toBe(4)
  })

  it('gains them first, and by steps of two', async () => {
    expect((await scoreOf(exact, insertion(ofLogit))).curve).toEqual([0, 6, 10, 12, 11])
    const two = await scoreOf(exact, insertion({ ...ofLogit, steps: 2 }))
    expect(two.curve).toEqual([0, 10, 11])
    expect(two.value).toBe((10 + 11 / 2) / 2)
  })

  it('is asked the other way round, and by absolute scores', async () => {
    expect((await scoreOf(exact, deletion({ ...ofLogit, order: 'least' }))).curve).toEqual([11, 12, 10, 6, 0])
    const negative = { ...exact, method: given([4], [1, 2, -9, 3]) }
    expect((await scoreOf(negative, deletion({ ...ofLogit, by: 'absolute' }))).curve).toEqual([11, 12, 8, 2, 0])
    const facts = [deletion(), deletion({ order: 'least' }), insertion({ order: 'least' }), deletion(ofLogit)]
    expect(facts.map(({ direction }) => direction)).toEqual(['lower', 'higher', 'lower', 'lower'])
    expect(facts.map(({ range }) => range[1])).toEqual([1, 1, 1, Infinity])
  })

  it('shows the baseline of the option before that of the call', async () => {
    const baseline = row([1, 1, 1, 1])
    expect((await scoreOf({ ...exact, baseline }, deletion(ofLogit))).curve!.at(-1)).toBe(12)
    expect((await scoreOf({ ...exact, baseline }, deletion({ ...ofLogit, baseline: 2 }))).curve!.at(-1)).toBe(24)
    const mean = await scoreOf(exact, deletion({ ...ofLogit, baseline: 'mean' }))
    expect(mean.curve!.at(-1)).toBe(12 * 1.125)
    expect((await scoreOf(exact, pixelFlipping({ steps: 4 }))).curve!.at(-1)).toBe(30 - 11)
  })

  it('gives gradient times input a sensitivity-n of 1, for every n', async () => {
    const random = createRandom(5)
    const normals = (count: number): number[] => Array.from({ length: count }, () => random.normal())
    const of = { model: linear([2, 4, 5], normals(80)), input: tensor([1, 2, 4, 5], normals(40)) }
    for (const n of [1, 7, 19]) {
      const { value } = await scoreOf({ ...of, method: gradientTimesInput(), target: 1 }, sensitivityN({ n }))
      expect(Math.abs(value - 1)).toBeLessThan(1e-6)
      const other = await scoreOf({ ...of, method: given([2, 4, 5], normals(40)), target: 1 }, sensitivityN({ n }))
      expect(Math.abs(other.value)).toBeLessThan(0.7)
    }
  })

  it('has the sensitivity-1 of the correlation of scores and shares', async () => {
    const of = { ...exact, method: given([4], [1, 5, 2, 3]) }
    // Pearson's correlation of (1, 5, 2, 3) and (2, 6, -1, 4).
    const { value } = await scoreOf(of, sensitivityN({ n: 1, subsets: 1500 }))
    expect(Math.abs(value - 11.75 / Math.sqrt(8.75 * 26.75))).toBeLessThan(0.05)
    expect((await scoreOf({ ...exact, method: given([4], [1, 1, 1, 1]) }, sensitivityN({ n: 1 }))).value).toBe(0)
  })

  it('rises all the way if every share is positive', async () => {
    const { value, samples } = await scoreOf({ ...exact, input: row([1, 2, -1, 0.5]) }, monotonicity({ of: 'logit' }))
    expect([value, samples]).toEqual([1, 3])
    expect((await scoreOf(exact, monotonicity({ of: 'logit' }))).value).toBe(1)
    // -1, then +4, -2 and +10: from the first on, one of three steps goes down.
    const wrong = { ...exact, method: given([4], [4, 3, 1, 2]), input: row([-1, 3, 1, 0.5]) }
    expect((await scoreOf(wrong, monotonicity({ of: 'logit' }))).value).toBe(2 / 3)
    expect((await scoreOf(wrong, monotonicity({ of: 'logit', form: 'all' }))).value).toBe(0)
  })

  it('varies most where its weights are largest', async () => {
    const options = { groups: 4, draws: 60, of: 'logit' } as const
    const input = row([1, 1, 0, 1])
    const fits = { ...exact, input, method: given([4], [-1, 2, 0, 9]) }
    expect((await scoreOf(fits, monotonicityCorrelation(options))).value).toBeGreaterThan(0.79)
    const contrary = { ...exact, input, method: given([4], [-2, 1, 9, 0]) }
    expect((await scoreOf(contrary, monotonicityCorrelation(options))).value).toBeLessThan(-0.59)
  })

  it('is told by a half of its pixels, and loses by regions', async () => {
    const kept = await scoreOf(exact, sufficiency({ of: 'logit', shares: [0.25, 0.5, 1] }))
    expect(kept.value).toBe((11 - 6 + 11 - 10 + 0) / 3)
    const lost = await scoreOf(exact, aopc({ of: 'logit', baseline: 0, side: 2, regions: 2 }))
    // Shares 2 + 6, then -1 + 4: 11, 3, 0.
    expect(lost.curve).toEqual([11, 3, 0])
    expect(lost.value).toBe((0 + 8 + 11) / 3)
    expect(lost.spread).toBeCloseTo(Math.sqrt((0 + 64 + 121) / 3 - (19 / 3) ** 2))
  })
})

it('draws uniform values from the range of each channel', async () => {
  const of = {
    model: linear([2, 1, 4], [1, 1, 1, 1, 0, 0, 0, 0]),
    input: tensor([1, 2, 1, 4], [3, 4, 3, 3.5, 90, -90, 0, 0]),
    method: given([2, 1, 4], [4, 3, 2, 1, 0, 0, 0, 0])
  }
  const drawn = (seed: number) => scoreOf({ ...of, seed }, deletion({ steps: 1, of: 'logit', baseline: 'uniform' }))
  const ends = await Promise.all([1, 2, 3, 4, 5].map(async (seed) => (await drawn(seed)).curve![1]!))
  ends.forEach((end) => expect(Math.abs(end - 14)).toBeLessThan(2))
  expect(new Set(ends).size).toBe(5)
  const flat = { ...of, input: tensor([1, 2, 1, 4], [3, 3, 3, 3, 9, 9, 9, 9]) }
  expect((await scoreOf(flat, aopc({ of: 'logit' }))).value).toBe(0)
})

describe('readings', () => {
  const two = (last: string) =>
    modelOf('two', [2], (b) => {
      const logits = b.add('Gemm', [b.input, b.floats([2, 2], [3, 0, 0, 1])], { transB: 1 })
      return last === 'none' ? logits : b.add(last, [logits], last === 'Sigmoid' ? {} : { axis: -1 })
    })
  const curveOf = async (last: string, of: 'probability' | 'label') => {
    const found = await scoreOf(
      { model: two(last), input: row([1, 1]), method: given([2], [2, 1]), target: 0 },
      deletion({ steps: 2, of })
    )
    return found.curve!
  }
  const close = (found: readonly number[], wanted: readonly number[]) =>
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6))

  it('are probabilities, whatever the model ends in', async () => {
    const softmax = [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(1)), 1 / 2]
    close(await curveOf('none', 'probability'), softmax)
    close(await curveOf('Softmax', 'probability'), softmax)
    close(await curveOf('LogSoftmax', 'probability'), softmax)
    close(await curveOf('Sigmoid', 'probability'), [1 / (1 + Math.exp(-3)), 1 / 2, 1 / 2])
    const single = await scoreOf(exact, deletion({ steps: 4 }))
    close(single.curve!, [1 / (1 + Math.exp(-11)), 1 / (1 + Math.exp(-5))])
  })

  it('are 1 while the label is on top, of equal ones the first', async () => {
    expect(await curveOf('none', 'label')).toEqual([1, 0, 1])
    expect(await curveOf('Softmax', 'label')).toEqual([1, 0, 1])
    expect((await scoreOf(exact, deletion({ steps: 4, of: 'label' }))).curve).toEqual([1, 1, 1, 0, 0])
  })

  it('are no logits where there are none', async () => {
    const of = { model: two('Softmax'), input: row([1, 1]), method: given([2], [2, 1]), target: 0 }
    await expect(scoreOf(of, deletion({ of: 'logit' }))).rejects.toMatchObject({ code: 'AGON_SOFTMAX' })
  })
})

describe('equal scores', () => {
  it('come in a random order, which another seed changes and the rest of the batch does not', async () => {
    const values = Array.from({ length: 40 }, (_, i) => i + 1)
    const of = { model: linear([40], values), method: given([40], values.fill(0, 0, 39)) }
    const input = tensor([2, 40], [...Array<number>(80).fill(1)])
    const metric = deletion({ steps: 40, of: 'logit' })
    const drops = (curve: readonly number[]) => curve.slice(1).map((value, k) => curve[k]! - value)
    const [first, second] = await scoresOf({ ...of, input, seed: 3 }, metric)
    const order = drops(first!.curve!)
    expect(order[0]).toBe(40)
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    const ups = order.slice(2).filter((drop, k) => drop > order[k + 1]!).length
    expect(ups).toBeGreaterThan(8)
    expect(ups).toBeLessThan(30)
    expect(second!.curve).not.toEqual(first!.curve)
    const alone = await scoreOf({ ...of, input: tensor([1, 40], input.data.subarray(0, 40)), seed: 3 }, metric)
    expect(alone.curve).toEqual(first!.curve)
    expect((await scoreOf({ ...of, input, seed: 4 }, metric)).curve).not.toEqual(first!.curve)
  })
})

describe('ROAD', () => {
  it('fills a picture of one colour with it, and adds its noise', async () => {
    const of = {
      model: linear([1, 6, 6], Array<number>(36).fill(1)),
      input: tensor([1, 1, 6, 6], Array<number>(36).fill(2)),
      method: given([1, 6, 6], [...Array(36).keys()])
    }
    const quiet = await scoreOf(of, road({ noise: 0, of: 'logit' }))
    quiet.curve!.forEach((value) => expect(value).toBeCloseTo(72, 4))
    const noisy = await scoreOf(of, road({ steps: 9, noise: 0.5, of: 'logit' }))
    const deviations = noisy.curve!.map((value, k) => (value - 72) / (0.5 * Math.sqrt(Math.round((k + 1) * 3.6))))
    const size = Math.sqrt(deviations.reduce((sum, z) => sum + z * z, 0) / 9)
    expect(size).toBeGreaterThan(0.4)
    expect(size).toBeLessThan(1.7)
  })
})

it('gives the curve alone', async () => {
  const session = await engine.load(exact.model)
  const { attribution, logits, target } = await explain(session, exact.input, exact.method)
  const context = { session, input: exact.input, attribution, logits, targets: target, random: createRandom(0) }
  const [curve] = await deletionCurves(context, { steps: 3, of: 'logit' })
  expect(curve).toEqual({ shares: [0, 0.25, 0.75, 1], values: [11, 5, -1, 0] })
  expect((await insertionCurves(context, { steps: 1, of: 'logit' }))[0]!.values).toEqual([0, 11])
  session.dispose()
})

it('takes the area under a curve by trapezoids', () => {
  expect(areaUnder({ shares: [0, 0.25, 1], values: [4, 2, 0] })).toBe(0.75 + 0.75)
})
