/** Largest |a - b| over the largest |b| (or 1 if b is zero everywhere). Infinity where either holds a NaN or lengths differ. */
export function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let [error, magnitude] = [0, 0]
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!)
    if (Number.isNaN(difference)) return Infinity
    error = Math.max(error, difference)
    magnitude = Math.max(magnitude, Math.abs(b[i]!))
  }
  return error / (magnitude || 1)
}
