import { defineMethod, rowsOf, type MethodContext } from '@agon/core'
import { assertFill, fillsOf, type Fill } from './perturbation/fill.js'
import type { Probe } from './perturbation/probe.js'
import { scored } from './perturbation/scores.js'
import { assertSegmentOptions, segmentDefaults, segmentsOf, type SegmentOptions } from './perturbation/segments.js'
import { spreadOver, writeSwitched, type Switchable } from './perturbation/switches.js'

export interface FeatureAblationOptions extends SegmentOptions {
  /** What takes the place of a segment: a number, a tensor or `'mean'`. Default: the baseline of the call, else zero. */
  readonly baseline: Fill | undefined
}

/**
 * Feature ablation: every element of segment s gets the fall of the logit f when the segment alone takes its values from the baseline b,
 *
 *     f(x) - f(x with x_s = b_s)
 *
 * `[L, N, ...input]` in units of the logit, for all labels from one forward pass per segment. Default segments: cells of a grid for pictures, else elements.
 */
export const featureAblation = defineMethod<FeatureAblationOptions>({
  name: 'feature-ablation',
  cite: 'Kokhlikyan et al. 2020, Captum: A unified and generic model interpretability library for PyTorch, arXiv 2009.07896',
  defaults: { ...segmentDefaults, baseline: undefined },
  multiplier: 'input-minus-baseline',
  check(options) {
    assertSegmentOptions('feature-ablation', options)
    assertFill("option 'baseline' of feature-ablation", options.baseline)
  },
  async prepare(context, options) {
    return scored(context, switchables(context, options).map(ablations))
  }
})

function switchables(context: MethodContext, options: FeatureAblationOptions): Switchable[] {
  const [fills, segments] = [fillsOf(context, options.baseline), segmentsOf(context, options, 'grid')]
  return rowsOf(context.input).map((x, n) => ({ x, fill: fills[n]!, segments: segments[n]! }))
}

/** Copy k is the example without segment k; sum k its score. */
function ablations(example: Switchable): Probe {
  const { segments } = example
  const on = new Uint8Array(segments.count)
  return {
    count: segments.count,
    sums: segments.count,
    write(k, into) {
      on.fill(1)
      on[k] = 0
      writeSwitched(example, on, into)
    },
    terms: (k, add) => add(k, 1),
    map: (scores, { input }, into) =>
      spreadOver(
        segments,
        scores.map((score) => input - score),
        'whole',
        into
      )
  }
}
