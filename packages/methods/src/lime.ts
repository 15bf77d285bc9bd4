import { AgonError, assertWhole, defineMethod, rowsOf, type MethodContext } from '@agon/core'
import { assertTables } from './perturbation/budget.js'
import { solved } from './perturbation/cholesky.js'
import { limeCoalitions } from './perturbation/coalitions.js'
import { assertFill, fillsOf, type Fill } from './perturbation/fill.js'
import type { Probe } from './perturbation/probe.js'
import { scored } from './perturbation/scores.js'
import { assertSegmentOptions, segmentDefaults, segmentsOf, type SegmentOptions } from './perturbation/segments.js'
import {
  designOf,
  rightHandSides,
  surrogateBytes,
  switchesOf,
  type Coalitions,
  type Design
} from './perturbation/surrogate.js'
import { spreadOver, writeSwitched, type Switchable } from './perturbation/switches.js'

export interface LimeOptions extends SegmentOptions {
  /** Copies for every example, the example itself among them, at most a million. Default 1000. */
  readonly samples: number
  /** Width of the kernel, > 0, in cosine distance. Default 0.25. */
  readonly kernelWidth: number
  /** Penalty on the squared coefficients, >= 0. Default 1. */
  readonly ridge: number
  /** What a segment that is off shows: a number, a tensor or `'mean'`. Default: the baseline of the call, else zero. */
  readonly baseline: Fill | undefined
}

const name = 'lime'

/**
 * LIME: the coefficients v of a linear model of the logit f, fitted to copies in which random segments show the baseline, near the example. With z the switches of a copy and
 * d(z) their cosine distance from all on,
 *
 *     minimise over c and v:  sum over z of exp(-d(z)^2 / width^2) (c + z . v - f(z))^2 + ridge |v|^2
 *
 * Every element of segment s gets v_s: `[L, N, ...input]` in units of the logit, for all labels from one forward pass per copy. The constant c is not penalised, and no
 * segments are selected. Default segments: superpixels for pictures, else elements. Sample k of example n is drawn from stream ('sample', n, k).
 */
export const lime = defineMethod<LimeOptions>({
  name,
  cite: 'Ribeiro, Singh & Guestrin 2016, "Why Should I Trust You?": Explaining the Predictions of Any Classifier, arXiv 1602.04938',
  defaults: { ...segmentDefaults, samples: 1000, kernelWidth: 0.25, ridge: 1, baseline: undefined },
  multiplier: 'input-minus-baseline',
  check(options) {
    assertSegmentOptions(name, options)
    assertWhole(`option 'samples' of ${name}`, options.samples, 2, 1_000_000)
    assertNumber('kernelWidth', options.kernelWidth, options.kernelWidth > 0, '> 0')
    assertNumber('ridge', options.ridge, options.ridge >= 0, '>= 0')
    assertFill(`option 'baseline' of ${name}`, options.baseline)
  },
  async prepare(context, options) {
    return scored(context, probesOf(context, options))
  }
})

function assertNumber(option: string, value: number, holds: boolean, expected: string): void {
  if (Number.isFinite(value) && holds) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `option '${option}' of ${name}`,
    expected: `a number ${expected}`,
    found: `${value}`
  })
}

function probesOf(context: MethodContext, options: LimeOptions): Probe[] {
  const { samples, kernelWidth, ridge } = options
  const [fills, all] = [fillsOf(context, options.baseline), segmentsOf(context, options, 'slic')]
  const bytes = all.reduce((sum, { count }) => sum + surrogateBytes(count, samples), 0)
  assertTables(`${name} on ${all[0]!.count} segments`, context, bytes)
  return rowsOf(context.input).map((x, n) => {
    const segments = all[n]!
    const randomOf = (k: number) => context.random.fork('sample', n, k)
    const coalitions = limeCoalitions(segments.count, samples, kernelWidth, randomOf)
    return coefficients({ x, fill: fills[n]!, segments }, coalitions, withConstant(coalitions, ridge))
  })
}

/** Least squares with a constant: the weighted means of the switches are subtracted from them. */
function withConstant(coalitions: Coalitions, ridge: number): Design {
  const { segments, on, weights } = coalitions
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const means = new Float64Array(segments)
  weights.forEach((weight, k) => {
    for (let i = 0; i < segments; i++) means[i] = means[i]! + (weight / total) * on[k * segments + i]!
  })
  const row = (k: number, into: Float64Array): void => {
    for (let i = 0; i < segments; i++) into[i] = on[k * segments + i]! - means[i]!
  }
  const design = designOf(coalitions, segments, row, ridge)
  if (design) return design
  throw new AgonError('AGON_BAD_OPTION', {
    what: `option 'samples' of ${name} with ridge ${ridge}`,
    expected: `copies that tell all ${segments} segments apart, more than ${segments} of them`,
    found: `${weights.length}`,
    remedy: 'Give more samples, a wider kernel, a ridge above 0, or fewer and larger segments.'
  })
}

function coefficients(example: Switchable, coalitions: Coalitions, design: Design): Probe {
  return {
    count: coalitions.weights.length,
    sums: coalitions.segments,
    write: (k, into) => writeSwitched(example, switchesOf(coalitions, k), into),
    terms: rightHandSides(design, coalitions),
    map: (sums, _ends, into) => spreadOver(example.segments, solved(design.factor, sums), 'whole', into)
  }
}
