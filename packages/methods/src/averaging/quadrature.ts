/** Points in 0 .. 1 and their weights, which sum to 1: the integral of f over 0 .. 1 is about the sum of w_k f(t_k). */
export interface Quadrature {
  readonly points: Float64Array
  readonly weights: Float64Array
}

export type QuadratureName = 'gauss-legendre' | 'midpoint'

/** Rules of n points by name. */
export const quadratures: Readonly<Record<QuadratureName, (n: number) => Quadrature>> = {
  'gauss-legendre': gaussLegendre,
  midpoint: (n) => ({
    points: Float64Array.from({ length: n }, (_, k) => (k + 0.5) / n),
    weights: new Float64Array(n).fill(1 / n)
  })
}

/**
 * Gauss-Legendre on 0 .. 1, exact for polynomials of degree 2n - 1: the points are the roots x of the Legendre polynomial P_n, moved
 * from -1 .. 1, and the weights are 1 / ((1 - x^2) P_n'(x)^2). Newton's method from Tricomi's estimate finds the roots.
 */
function gaussLegendre(n: number): Quadrature {
  const [points, weights] = [new Float64Array(n), new Float64Array(n)]
  for (let k = 0; k < Math.ceil(n / 2); k++) {
    let root = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5))
    for (let step = 0; step < 8; step++) {
      const { value, slope } = legendre(n, root)
      root -= value / slope
    }
    if (2 * k === n - 1) root = 0
    points[k] = (1 - root) / 2
    points[n - 1 - k] = (1 + root) / 2
    weights[k] = weights[n - 1 - k] = 1 / ((1 - root * root) * legendre(n, root).slope ** 2)
  }
  return { points, weights }
}

/** P_n(x) and P_n'(x) for |x| < 1, by (j + 1) P_(j+1) = (2 j + 1) x P_j - j P_(j-1) and (x^2 - 1) P_n' = n (x P_n - P_(n-1)). */
function legendre(n: number, x: number): { value: number; slope: number } {
  let [before, value] = [1, x]
  for (let j = 1; j < n; j++) [before, value] = [value, ((2 * j + 1) * x * value - j * before) / (j + 1)]
  return { value, slope: (n * (x * value - before)) / (x * x - 1) }
}
