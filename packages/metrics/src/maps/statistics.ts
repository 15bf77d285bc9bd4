/** Mean and (population) standard deviation. */
export function meanAndSpread(values: ArrayLike<number>): { readonly mean: number; readonly spread: number } {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  const mean = sum / values.length
  let squares = 0
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) ** 2
  return { mean, spread: Math.sqrt(squares / values.length) }
}
