import { defineMetric } from '@agon/core'
import { scoredPixels } from '../maps/pixels.js'
import { assertPixels } from '../faithfulness/curve.js'
import type { ComplexityOptions } from './sparseness.js'

/**
 * Complexity as an entropy, in nats: that of p_i = |phi_i| / sum of |phi|,
 *
 *     -sum over i of p_i ln p_i
 *
 * 0 for a map that holds a single pixel, ln N for one that is the same at all N (and for one of zeros, which points at nothing).
 */
export const entropy = defineMetric<ComplexityOptions>({
  name: 'entropy',
  cite: 'Bhatt, Weller & Moura 2020, Evaluating and Aggregating Feature-based Model Explanations, arXiv 2005.00631',
  direction: 'lower',
  range: [0, Infinity],
  formula: '-sum of p ln p, p = |phi| / sum of |phi|, in nats',
  defaults: { granularity: 'pixel', channelAxis: undefined },
  check: ({ granularity }) => assertPixels('entropy', { by: 'absolute', granularity }),
  async measure(context, options) {
    context.signal?.throwIfAborted()
    const { pixels, scores } = scoredPixels(context, { ...options, by: 'absolute' })
    return scores.map((row) => ({ value: entropyOf(row), samples: pixels.count }))
  }
})

/** Of values >= 0, taken as shares of their sum. */
export function entropyOf(values: Float32Array): number {
  const sum = values.reduce((total, value) => total + value, 0)
  if (sum === 0) return Math.log(values.length)
  const nats = values.reduce((total, value) => (value === 0 ? total : total - (value / sum) * Math.log(value / sum)), 0)
  return Math.max(0, nats)
}
