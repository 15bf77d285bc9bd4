/**
 * The gradient of a scalar function by central differences, one element at a time: (f(x + h e_i) - f(x - h e_i)) / 2h. In float64
 * its error is about h^2 |f'''| + 1e-16 |f| / h.
 */
export function finiteDifference(f: (x: Float64Array) => number, x: Float64Array, step = 1e-5): Float64Array {
  const moved = Float64Array.from(x)
  return x.map((value, i) => {
    moved[i] = value + step
    const above = f(moved)
    moved[i] = value - step
    const below = f(moved)
    moved[i] = value
    return (above - below) / (2 * step)
  })
}

/**
 * The derivative of f at 0 from f(-2h), f(-h), f(h), f(2h): (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h, error of order h^4. For
 * engines that compute in float32, where h must be large.
 */
export async function slopeAtZero(f: (t: number) => Promise<number>, step: number): Promise<number> {
  const near = (await f(step)) - (await f(-step))
  const wide = (await f(2 * step)) - (await f(-2 * step))
  return (8 * near - wide) / (12 * step)
}
