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
  const sizes = sizesOf(values)
  if (sizes.length === 0) return 0
  const rank = (percentile / 100) * (sizes.length - 1)
  const below = Math.floor(rank)
  const least = selected(sizes, below)
  const next = below + 1 < sizes.length ? sizes.subarray(below + 1).reduce((low, size) => Math.min(low, size)) : least
  return least + (next - least) * (rank - below)
}

/** |value| of those that are not 0. */
function sizesOf(values: Float32Array): Float32Array {
  const sizes = new Float32Array(values.length)
  let count = 0
  for (const value of values) if (value !== 0) sizes[count++] = Math.abs(value)
  return sizes.subarray(0, count)
}

/** The value at place k of the sorted values; what is larger stands behind k then (Hoare 1961, algorithm 65: find). Changes the order. */
function selected(values: Float32Array, k: number): number {
  for (let [from, to] = [0, values.length - 1]; from < to;) {
    const pivot = values[(from + to) >>> 1]!
    let [i, j] = [from, to]
    while (i <= j) {
      while (values[i]! < pivot) i++
      while (values[j]! > pivot) j--
      if (i > j) break
      const moved = values[i]!
      values[i++] = values[j]!
      values[j--] = moved
    }
    if (k <= j) to = j
    else if (k >= i) from = i
    else break
  }
  return values[k]!
}
