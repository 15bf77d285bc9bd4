/** The largest change so far of a map. */
export interface Change {
  /** Takes another map of the same shape into account. */
  add(other: ArrayLike<number>): void
  value(): number
  /** Whether it was to be relative, and the map is 0 everywhere. */
  readonly isUndivided: boolean
}

/**
 * max over the other maps of |other - map|, Euclidean over all elements, in float64; relative: divided by |map|, and not where that is 0, as Captum does.
 */
export function largestChange(map: ArrayLike<number>, { isRelative }: { readonly isRelative: boolean }): Change {
  const norm = isRelative ? distance(map, undefined) : 1
  const divisor = norm === 0 ? 1 : norm
  let largest = 0
  return {
    add: (other) => (largest = Math.max(largest, distance(map, other) / divisor)),
    value: () => largest,
    isUndivided: norm === 0
  }
}

/** |a - b|; |a| without b. */
function distance(a: ArrayLike<number>, b: ArrayLike<number> | undefined): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i]! - (b?.[i] ?? 0)) ** 2
  return Math.sqrt(sum)
}
