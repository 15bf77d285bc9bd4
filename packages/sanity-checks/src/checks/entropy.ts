import type { Figure } from '@agon/core'

/** Bins of the histogram: Hedstrom et al. 2024. */
const bins = 100

/**
 * Entropy in nats of the histogram of a map's values in 100 bins of equal width from the least to the largest, the last bin closed: 0 for a constant map, at most ln 100. It
 * does not change when a map is shifted or scaled.
 */
export function histogramEntropy(map: Float32Array): number {
  let [least, most] = [Infinity, -Infinity]
  for (const value of map) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  if (!(most > least)) return 0
  const counts = new Float64Array(bins)
  for (const value of map) {
    const bin = Math.min(bins - 1, Math.floor((bins * (value - least)) / (most - least)))
    counts[bin] = counts[bin]! + 1
  }
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / map.length) * Math.log(count / map.length)),
    0
  )
}

/**
 * (H(after) - H(before)) / H(before): how much more complex a map is after a change, relatively. A constant map before has no relative rise; it counts 0, which speaks
 * for nothing.
 */
export const entropyRise: Figure = {
  name: 'entropy-rise',
  cite: 'Hedstrom, Weber, Lapuschkin & Hoehne 2024, Sanity checks revisited: an exploration to repair the model parameter randomisation test, arXiv 2401.06465',
  compare(before, after) {
    const trained = histogramEntropy(before)
    return trained === 0 ? 0 : (histogramEntropy(after) - trained) / trained
  }
}
