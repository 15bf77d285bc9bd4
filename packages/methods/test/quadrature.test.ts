import { describe, expect, it } from 'vitest'
import { quadratures, type Quadrature } from '../src/averaging/quadrature.js'

const integrate = ({ points, weights }: Quadrature, f: (t: number) => number): number =>
  points.reduce((sum, t, k) => sum + weights[k]! * f(t), 0)

describe('Gauss-Legendre', () => {
  it.each([1, 2, 3, 4, 5, 8, 20, 50])(
    'of %i points integrates polynomials up to degree 2n - 1 exactly, and no further',
    (n) => {
      const rule = quadratures['gauss-legendre'](n)
      for (let degree = 0; degree <= 2 * n - 1; degree++) {
        expect(Math.abs(integrate(rule, (t) => t ** degree) * (degree + 1) - 1)).toBeLessThan(1e-12)
      }
      // The error of degree 2n is (n!)^4 / ((2n + 1) (2n)!^2): of the next degree, 1 / (2n + 1), a share that is soon below rounding.
      const binomial = Array.from({ length: n }, (_, k) => (n + k + 1) / (k + 1)).reduce((a, b) => a * b, 1)
      const missed = 1 - integrate(rule, (t) => t ** (2 * n)) * (2 * n + 1)
      if (n <= 5) expect(missed * binomial ** 2).toBeCloseTo(1, 5)
    }
  )

  it('has the points and weights that are in every table', () => {
    const { points, weights } = quadratures['gauss-legendre'](3)
    const root = Math.sqrt(3 / 5) / 2
    ;[0.5 - root, 0.5, 0.5 + root].forEach((t, k) => expect(points[k]).toBeCloseTo(t, 15))
    ;[5 / 18, 8 / 18, 5 / 18].forEach((w, k) => expect(weights[k]).toBeCloseTo(w, 15))
  })

  it.each([1, 7, 50, 1000, 10_000])(
    'of %i points has rising points inside 0 .. 1 and positive weights that sum to 1',
    (n) => {
      const { points, weights } = quadratures['gauss-legendre'](n)
      const bounded = [0, ...points, 1]
      for (let k = 1; k < bounded.length; k++) expect(bounded[k]! > bounded[k - 1]!).toBe(true)
      expect(weights.every((weight) => weight > 0)).toBe(true)
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 11)
    }
  )
})

describe('the midpoint rule', () => {
  it('integrates lines exactly and t^2 with the error 1 / (12 n^2)', () => {
    for (const n of [1, 2, 5, 40]) {
      const rule = quadratures.midpoint(n)
      expect(integrate(rule, (t) => 3 * t - 1)).toBeCloseTo(0.5, 12)
      expect(1 / 3 - integrate(rule, (t) => t * t)).toBeCloseTo(1 / (12 * n * n), 12)
    }
  })
})
