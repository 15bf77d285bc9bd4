/** Mean and (population) standard deviation. */
export function meanAndSpread(values: ArrayLike<number>): { readonly mean: number; readonly spread: number } {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  const mean = sum / values.length
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2
  return { mean, spread: Math.sqrt(squares / values.length) }
}

/** Pearson's correlation, in -1 .. 1; 0 where one side is constant, for then nothing can be told. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [meanAndSpread(a), meanAndSpread(b)]
  if (x.spread === 0 || y.spread === 0) return 0
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += ((a[i]! - x.mean) / x.spread) * ((b[i]! - y.mean) / y.spread)
  return Math.max(-1, Math.min(1, sum / a.length))
}
