import { AgonError } from './error.js'

/**
 * The percentile of |value| over the values that are not 0, linear between ranks (Hyndman & Fan 1996, type 7; NumPy's
 * default); 0 if all are 0. Throws AGON_BAD_OPTION unless 0 < percentile <= 100.
 */
export function clipScale(values: Float32Array, percentile: number): number {
  if (!(percentile > 0 && percentile <= 100)) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: 'percentile',
      expected: 'above 0, at most 100',
      found: String(percentile)
    })
  }
  const sizes = values
    .filter((value) => value !== 0)
    .map(Math.abs)
    .sort()
  if (sizes.length === 0) return 0
  const rank = (percentile / 100) * (sizes.length - 1)
  const below = Math.floor(rank)
  const above = Math.min(below + 1, sizes.length - 1)
  return sizes[below]! + (sizes[above]! - sizes[below]!) * (rank - below)
}
