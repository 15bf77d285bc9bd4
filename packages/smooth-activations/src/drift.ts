import { AgonError, formatShape, type Tensor } from '@agon/core'

/** How far the logits of one example moved when its model became smooth. */
export interface Drift {
  /** Root mean square of the logits' differences over the standard deviation of the sharp logits; 0 = none moved. */
  readonly drift: number
  /** Largest absolute difference, in units of the logits. */
  readonly largest: number
  /** The label with the largest logit, before and after; the first of equals. */
  readonly top: number
  readonly topAfter: number
}

/** Compares logits `[N, ...]` of a model with those of its smooth form, example by example. Throws AGON_BAD_INPUT if shapes differ. */
export function logitDrift(sharp: Tensor, soft: Tensor): readonly Drift[] {
  if (sharp.shape.join() !== soft.shape.join()) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'logits to compare',
      expected: formatShape(sharp.shape),
      found: formatShape(soft.shape)
    })
  }
  const count = sharp.data.length / sharp.shape[0]!
  return Array.from({ length: sharp.shape[0]! }, (_, n) =>
    driftOf(sharp.data.subarray(n * count, (n + 1) * count), soft.data.subarray(n * count, (n + 1) * count))
  )
}

function driftOf(sharp: Float32Array, soft: Float32Array): Drift {
  const mean = sharp.reduce((sum, value) => sum + value, 0) / sharp.length
  const spread = sharp.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const moved = sharp.reduce((sum, value, i) => sum + (soft[i]! - value) ** 2, 0)
  const largest = sharp.reduce((most, value, i) => Math.max(most, Math.abs(soft[i]! - value)), 0)
  return { drift: moved === 0 ? 0 : Math.sqrt(moved / spread), largest, top: topOf(sharp), topAfter: topOf(soft) }
}

function topOf(logits: Float32Array): number {
  return logits.reduce((best, value, i) => (value > logits[best]! ? i : best), 0)
}
