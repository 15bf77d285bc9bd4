import { AgonError, assertChoice, assertWhole, defineMethod, rowsOf, type MethodContext } from '@agon/core'
import { assertTables } from './perturbation/budget.js'
import { solved } from './perturbation/cholesky.js'
import { coalitionCount, fewestCoalitions, shapleyCoalitions } from './perturbation/coalitions.js'
import { assertFill, fillsOf, logitsAtFills, type Fill } from './perturbation/fill.js'
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
import { spreadOver, writeSwitched, type Spread, type Switchable } from './perturbation/switches.js'

export interface KernelShapOptions extends SegmentOptions {
  /** Coalitions for every example, at most a million. Default 2 M + 2048 for M segments. */
  readonly samples: number | undefined
  /** What stands for a segment that is absent: a number, a tensor or `'mean'`. Default: the baseline of the call, else zero. */
  readonly baseline: Fill | undefined
  /** What every element of a segment gets: its share of the segment's value (`'divided'`, default), or all of it (`'whole'`). */
  readonly spread: Spread
}

const name = 'kernel-shap'

/**
 * Shapley values of the segments by weighted least squares: with z the switches of a coalition and f(z) the logit of the input whose absent segments show the baseline b,
 * the values v minimise
 *
 *     sum over z of w(z) (f(b) + z . v - f(z))^2,    subject to sum of v = f(x) - f(b)
 *
 * with the Shapley kernel for w; see `shapleyCoalitions`. All 2^M - 2 coalitions give the Shapley values exactly. The constraint is built in: the last value is what the others leave.
 * `[L, N, ...input]` in units of the logit, for all labels from one forward pass per coalition; divided maps come with f(b). Default segments: cells of a grid
 * for pictures, else elements. Pair j of example n is drawn from stream ('coalitions', n, j).
 */
export const kernelShap = defineMethod<KernelShapOptions>({
  name,
  cite: 'Lundberg & Lee 2017, A Unified Approach to Interpreting Model Predictions, arXiv 1705.07874',
  defaults: { ...segmentDefaults, samples: undefined, baseline: undefined, spread: 'divided' },
  multiplier: 'input-minus-baseline',
  check(options) {
    assertSegmentOptions(name, options)
    if (options.samples !== undefined) assertWhole(`option 'samples' of ${name}`, options.samples, 2, 1_000_000)
    assertFill(`option 'baseline' of ${name}`, options.baseline)
    assertChoice(`option 'spread' of ${name}`, options.spread, ['divided', 'whole'])
  },
  async prepare(context, options) {
    const fills = fillsOf(context, options.baseline)
    const probes = probesOf(context, fills, options)
    const baselineLogits = await logitsAtFills(context, fills)
    const prepared = await scored(context, probes, baselineLogits)
    return options.spread === 'divided' ? { ...prepared, baselineLogits } : prepared
  }
})

function probesOf(context: MethodContext, fills: readonly Float32Array[], options: KernelShapOptions): Probe[] {
  const all = segmentsOf(context, options, 'grid').map((segments, n) => {
    const { samples = 2 * segments.count + 2048 } = options
    assertEnough(segments.count, samples)
    return { segments, samples, randomOf: (pair: number) => context.random.fork('coalitions', n, pair) }
  })
  const sizes = all.map(({ segments: { count }, samples }) => ({
    segments: count,
    copies: coalitionCount(count, samples)
  }))
  const bytes = sizes.reduce((sum, { segments, copies }) => sum + surrogateBytes(segments, copies), 0)
  assertTables(`${name} on ${sizes[0]!.segments} segments`, context, bytes)
  return rowsOf(context.input).map((x, n) => {
    const { segments, samples, randomOf } = all[n]!
    const coalitions = shapleyCoalitions(segments.count, samples, randomOf)
    return values({ x, fill: fills[n]!, segments }, coalitions, constrained(coalitions), options.spread)
  })
}

function assertEnough(segments: number, samples: number): void {
  const fewest = fewestCoalitions(segments)
  if (samples >= fewest) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `option 'samples' of ${name}`,
    expected: `at least ${fewest} for ${segments} segments`,
    found: `${samples}`,
    remedy: 'Give more samples (2 M + 2048 for M segments is the default), or fewer and larger segments.'
  })
}

/** Least squares for all values but the last, whose switch is subtracted from the others. Coalitions of single segments leave none of them open. */
function constrained(coalitions: Coalitions): Design {
  const { segments, on } = coalitions
  const row = (k: number, into: Float64Array): void => {
    const from = k * segments
    for (let i = 0; i < into.length; i++) into[i] = on[from + i]! - on[from + segments - 1]!
  }
  return designOf(coalitions, segments - 1, row)!
}

function values(example: Switchable, coalitions: Coalitions, design: Design, spread: Spread): Probe {
  const { segments, on, weights } = coalitions
  const addTerms = rightHandSides(design, coalitions)
  const [withBaseline, withRise] = [new Float64Array(design.size), new Float64Array(design.size)]
  weights.forEach((_, k) =>
    addTerms(k, (i, weight) => {
      withBaseline[i] = withBaseline[i]! + weight
      withRise[i] = withRise[i]! + weight * on[(k + 1) * segments - 1]!
    })
  )
  return {
    count: weights.length,
    sums: Math.max(1, design.size),
    write: (k, into) => writeSwitched(example, switchesOf(coalitions, k), into),
    terms: addTerms,
    map(sums, { input, baseline }, into) {
      const rise = input - baseline
      const right = withBaseline.map((own, i) => sums[i]! - baseline * own - rise * withRise[i]!)
      const others = solved(design.factor, right)
      const last = others.reduce((left, value) => left - value, rise)
      spreadOver(example.segments, Float64Array.of(...others, last), spread, into)
    }
  }
}
