import { readFileSync } from 'node:fs'
import { sumAxis, tensor, type Metric } from '@agon/core'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { entropy, sparseness } from '../src/complexity/index.js'
import { blurred } from '../src/faithfulness/blur.js'
import {
  aopc,
  deletion,
  imputed,
  insertion,
  monotonicity,
  pixelFlipping,
  road,
  sufficiency
} from '../src/faithfulness/index.js'
import { pointingGame, relevanceMass, relevanceRank } from '../src/localisation/index.js'
import { given, scoreOf, type Case } from './given-maps.js'

/** Made by scripts/metrics-oracle/faithfulness.py. */
interface Truth {
  readonly shape: [number, number, number]
  readonly first: number[]
  readonly second: number[]
  readonly picture: number[]
  readonly attribution: number[]
  readonly label: number
  readonly blurred: number[]
  readonly deletion: { readonly curve: number[]; readonly value: number }
  readonly insertion: { readonly curve: number[]; readonly value: number }
  readonly flipping: { readonly curve: number[]; readonly value: number }
  readonly aopc: number
  readonly imputations: { shape: [number, number, number]; x: number[]; removed: number[]; filled: number[] }[]
  readonly road: { readonly most: number[]; readonly least: number[] }
  readonly monotonicity: { readonly share: number; readonly curve: number[] }
  readonly sufficiency: number
  readonly mask: number[]
  readonly mass: { readonly positive: number; readonly absolute: number }
  readonly rank: number
  readonly distance: number
  readonly gini: number
  readonly entropy: number
}

const truth = JSON.parse(
  readFileSync(new URL('./fixtures/faithfulness.json', import.meta.url), 'utf8')
) as unknown as Truth
const [, height, width] = truth.shape
const elements = truth.picture.length

const net: Case = {
  model: modelOf('tanh', truth.shape, (b) => {
    const hidden = truth.first.length / elements
    const dense = b.add('Gemm', [b.add('Flatten', [b.input]), b.floats([hidden, elements], truth.first)], { transB: 1 })
    const second = b.floats([truth.second.length / hidden, hidden], truth.second)
    return b.add('Gemm', [b.add('Tanh', [dense]), second], { transB: 1 })
  }),
  input: tensor([1, ...truth.shape], truth.picture),
  method: given(truth.shape, truth.attribution),
  target: truth.label,
  mask: tensor([1, 1, height, width], truth.mask)
}

/** The same map after the sum over channels, as contests of pixels give it. */
const summed = sumAxis(tensor([1, ...truth.shape], truth.attribution), 1)
const ofPixels: Case = { ...net, method: given([1, height, width], [...summed.data]) }

async function expectValue(metric: Metric, value: number, curve?: readonly number[]): Promise<void> {
  for (const of of [net, ofPixels]) {
    const score = await scoreOf(of, metric)
    expect(Math.abs(score.value - value)).toBeLessThan(2e-6)
    curve?.forEach((point, k) => expect(Math.abs(score.curve![k]! - point)).toBeLessThan(2e-6))
    if (curve) expect(score.curve).toHaveLength(curve.length)
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length

describe('what numpy and scipy make of the definitions', () => {
  it('deletion, 4 pixels a step', () =>
    expectValue(deletion({ steps: 12 }), truth.deletion.value, truth.deletion.curve))
  it('insertion into the blurred picture', () =>
    expectValue(insertion({ steps: 12 }), truth.insertion.value, truth.insertion.curve))
  it('pixel flipping', () => expectValue(pixelFlipping({ steps: 16 }), truth.flipping.value, truth.flipping.curve))
  it('AOPC of 5 regions of 2 x 2', () => expectValue(aopc({ side: 2, regions: 5, baseline: 0 }), truth.aopc))
  it('ROAD without noise, most and least relevant first', async () => {
    await expectValue(road({ steps: 3, noise: 0 }), mean(truth.road.most), truth.road.most)
    await expectValue(road({ steps: 3, noise: 0, order: 'least' }), mean(truth.road.least), truth.road.least)
  })
  it('monotonicity, pixel by pixel', async () => {
    await expectValue(monotonicity(), truth.monotonicity.share)
    const { curve, samples } = await scoreOf(net, monotonicity())
    expect(samples).toBe(truth.monotonicity.curve.length - 1)
    truth.monotonicity.curve.forEach((value, k) => expect(Math.abs(curve![k + 1]! - value)).toBeLessThan(2e-6))
  })
  it('sufficiency', () => expectValue(sufficiency(), truth.sufficiency))
  it('Gini index', () => expectValue(sparseness(), truth.gini))
  it('entropy', () => expectValue(entropy(), truth.entropy))
  it('relevance mass and rank', async () => {
    await expectValue(relevanceMass(), truth.mass.positive)
    await expectValue(relevanceMass({ by: 'absolute' }), truth.mass.absolute)
    await expectValue(relevanceRank(), truth.rank)
  })
  it('the pointing game hits where the distance is below the tolerance', async () => {
    expect(truth.distance).toBeGreaterThan(0)
    await expectValue(pointingGame({ tolerance: truth.distance - 1e-9 }), 0)
    await expectValue(pointingGame({ tolerance: truth.distance + 1e-9 }), 1)
    await expectValue(pointingGame(), 0)
  })
})

describe('imputation and blurring', () => {
  it.each(truth.imputations)('agrees with a direct sparse solver on $shape', ({ shape, x, removed, filled }) => {
    const [channels, rows, columns] = shape
    const size = rows * columns
    const mask = new Uint8Array(size)
    removed.forEach((pixel) => (mask[pixel] = 1))
    for (let c = 0; c < channels; c++) {
      const own = imputed(Float32Array.from(x.slice(c * size, (c + 1) * size)), mask, rows, columns)
      own.forEach((value, pixel) => expect(Math.abs(value - filled[c * size + pixel]!)).toBeLessThan(1e-6))
    }
  })

  it('blurs as a Gaussian of 11 taps does', () => {
    const found = blurred(Float32Array.from(truth.picture), truth.shape)
    found.forEach((value, i) => expect(Math.abs(value - truth.blurred[i]!)).toBeLessThan(1e-6))
  })
})
