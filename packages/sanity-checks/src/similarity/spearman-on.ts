import { spearman } from '@agon/core'

/**
 * Spearman's correlation over the elements that `counts` picks. Fewer than two have no order: the value is then 1 if the maps are equal everywhere and 0 if not.
 */
export function spearmanOn(a: Float32Array, b: Float32Array, counts: (i: number) => boolean): number {
  const pick = new Float32Array(a.length)
  const other = new Float32Array(b.length)
  let size = 0
  for (let i = 0; i < a.length; i++) {
    if (!counts(i)) continue
    pick[size] = a[i]!
    other[size++] = b[i]!
  }
  if (size < 2) return a.every((value, i) => value === b[i]) ? 1 : 0
  return spearman(pick.subarray(0, size), other.subarray(0, size))
}
