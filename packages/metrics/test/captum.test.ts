import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { explain, measure, type Method, type Model, type Tensor } from '@agon/core'
import { infidelity, infidelityOf, largestChange, maxSensitivity, type InfidelityOptions } from '@agon/metrics'
import { gradient, gradientTimesInput } from '@agon/methods'
import { modelOf, type ModelBuilder } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { byHand, engine } from './nets.js'

/** As it is, and normalized; a number for each example. */
type Infidelities = readonly [plain: readonly number[], normalized: readonly number[]]

/** What scripts/metrics-oracle/captum_metrics.py wrote. */
interface Truth {
  readonly name: string
  readonly shape: readonly number[]
  readonly weights: Readonly<Record<string, { readonly shape: readonly number[]; readonly data: readonly number[] }>>
  readonly targets: readonly number[]
  readonly samples: number
  readonly input: readonly number[]
  readonly baseline: readonly number[]
  /** `[N, samples, ...]` */
  readonly perturbed: readonly number[]
  readonly perturbations: readonly number[]
  readonly map: readonly number[]
  /** `[N][samples]` */
  readonly products: readonly (readonly number[])[]
  readonly differences: readonly (readonly number[])[]
  readonly infidelity: Readonly<Record<'given' | 'gradient' | 'timesInput' | 'timesDifference', Infidelities>>
  readonly sensitivityMax: readonly number[]
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'captum.json'), 'utf8')) as Truth[]

const builds: Readonly<Record<string, (b: ModelBuilder, of: (name: string) => string) => string>> = {
  flat: (b, of) => {
    const hidden = b.add('Softplus', [b.add('Gemm', [b.input, of('w1'), of('b1')], { transB: 1 })])
    return b.add('Gemm', [hidden, of('w2'), of('b2')], { transB: 1 })
  },
  picture: (b, of) => {
    const hidden = b.add('Relu', [b.add('Conv', [b.input, of('w1'), of('b1')], { pads: [1, 1, 1, 1] })])
    return b.add('Gemm', [b.add('Flatten', [hidden]), of('w2'), of('b2')], { transB: 1 })
  }
}

function netOf({ name, shape, weights }: Truth): Model {
  return modelOf(name, shape, (b) => builds[name]!(b, (key) => b.floats(weights[key]!.shape, weights[key]!.data)))
}

/** Largest error relative to the expected numbers. */
function error(found: readonly number[], expected: readonly number[]): number {
  expect(found.length).toBe(expected.length)
  return Math.max(...found.map((value, i) => Math.abs(value / expected[i]! - 1)))
}

describe.each(cases)('on $name Captum has the same', (truth) => {
  const { shape, samples, targets } = truth
  const of = (data: readonly number[], ...more: number[]): Tensor => ({
    shape: [targets.length, ...more, ...shape],
    data: Float32Array.from(data)
  })
  const [input, baseline] = [of(truth.input), of(truth.baseline)]
  const perturbed = of(truth.perturbed, samples)
  const perturbations = of(truth.perturbations, samples)

  const scored = async (method: Method, options: Partial<InfidelityOptions>, baseline?: Tensor): Promise<number[]> => {
    const session = await engine.load(netOf(truth))
    const metric = infidelity({ perturbation: 'given', perturbed, ...options })
    const scores = await measure(session, input, method, metric, { target: targets, ...(baseline && { baseline }) })
    return scores.map(({ value }) => value)
  }

  it.each([false, true])('infidelity of given products and differences, scaled %s', (scaled) => {
    const found = truth.products.map((own, n) => infidelityOf(own, truth.differences[n]!, { scaled }).value)
    expect(error(found, truth.infidelity.given[Number(scaled)]!)).toBeLessThan(1e-10)
  })

  it.each<[keyof Truth['infidelity'], Method, boolean, Tensor?]>([
    ['given', byHand(() => of(truth.map)), true],
    ['gradient', gradient(), false],
    ['timesInput', gradientTimesInput(), false],
    ['timesDifference', gradient({ multiplier: 'global' }), false, baseline]
  ])('infidelity: %s', async (name, method, isGiven, baseline) => {
    for (const scaled of [false, true]) {
      const found = await scored(method, { scaled, ...(isGiven && { perturbations }) }, baseline)
      expect(error(found, truth.infidelity[name][Number(scaled)]!)).toBeLessThan(5e-6)
    }
  })

  it('sensitivity_max', async () => {
    const session = await engine.load(netOf(truth))
    const metric = maxSensitivity({ form: 'captum', perturbed })
    const scores = await measure(session, input, gradient(), metric, { target: targets })
    expect(
      error(
        scores.map(({ value }) => value),
        truth.sensitivityMax
      )
    ).toBeLessThan(1e-6)
    const { attribution } = await explain(session, input, gradient(), { target: targets })
    const first = attribution.data.subarray(0, input.data.length / 2)
    const change = largestChange(first, { isRelative: true })
    change.add(first)
    expect(change.value()).toBe(0)
  })
})
