import { defineMetric, type Granularity } from '@agon/core'
import { scoredPixels } from '../maps/pixels.js'
import { assertPixels } from '../faithfulness/curve.js'

export interface ComplexityOptions {
  /** Pixels, after the sum over channels (default), or single elements. */
  readonly granularity: Granularity
  /** Default: the axis that the map is summed over, else 1 for pictures. */
  readonly channelAxis: number | undefined
}

/**
 * Gini index of |phi|: 0 for a map that is the same everywhere (and for one of zeros), 1 - 1/N for one that holds a single of N pixels. With |phi| in ascending order,
 *
 *     sum over k = 1 .. N of (2 k - N - 1) |phi|_(k) / (N sum of |phi|)
 *
 * which is 1 - 2 sum of (|phi|_(k) / ||phi||_1) (N - k + 1/2) / N of Hurley & Rickard.
 */
export const sparseness = defineMetric<ComplexityOptions>({
  name: 'sparseness',
  cite: 'Chalasani et al. 2020, Concise Explanations of Neural Networks using Adversarial Training, arXiv 1810.06583; Hurley & Rickard 2009, Comparing Measures of Sparsity, arXiv 0811.4706',
  direction: 'higher',
  range: [0, 1],
  formula: 'Gini index of |phi|: sum over k of (2 k - N - 1) |phi|_(k) / (N sum of |phi|), |phi| ascending',
  defaults: { granularity: 'pixel', channelAxis: undefined },
  check: ({ granularity }) => assertPixels('sparseness', { by: 'absolute', granularity }),
  async measure(context, options) {
    context.signal?.throwIfAborted()
    const { pixels, scores } = scoredPixels(context, { ...options, by: 'absolute' })
    return scores.map((row) => ({ value: gini(row), samples: pixels.count }))
  }
})

/** The Gini index of values >= 0. */
export function gini(values: Float32Array): number {
  let [weighted, sum] = [0, 0]
  values
    .slice()
    .sort()
    .forEach((value, k) => {
      weighted += (2 * k + 1 - values.length) * value
      sum += value
    })
  return sum === 0 ? 0 : Math.max(0, weighted / (values.length * sum))
}
