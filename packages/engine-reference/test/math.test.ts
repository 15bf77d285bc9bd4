import { describe, expect, it } from 'vitest'
import { erf, erfc } from '../src/math/erf.js'
import { normalDensity, normalDistribution, roundHalfToEven, sigmoid, softplus } from '../src/math/stable.js'

// x, erf(x), erfc(x), computed with 40 digits.
const known: readonly (readonly [number, number, number])[] = [
  [-30, -1.0, 2.0],
  [-6, -1.0, 2.0],
  [-3.5, -0.9999992569016276, 1.9999992569016276],
  [-1.25, -0.9229001282564583, 1.9229001282564582],
  [-0.5, -0.5204998778130465, 1.5204998778130465],
  [-0.46875, -0.49261347321793797, 1.492613473217938],
  [-0.1, -0.1124629160182849, 1.1124629160182848],
  [1e-12, 1.1283791670955126e-12, 0.9999999999988716],
  [0.2, 0.22270258921047847, 0.7772974107895215],
  [0.46, 0.4846553900016797, 0.5153446099983203],
  [0.469, 0.4928398949625797, 0.5071601050374204],
  [0.8, 0.7421009647076605, 0.2578990352923395],
  [1, 0.8427007929497149, 0.15729920705028513],
  [1.5, 0.9661051464753108, 0.033894853524689274],
  [2, 0.9953222650189527, 0.004677734981047266],
  [2.7, 0.9998656672600594, 0.0001343327399405242],
  [4, 0.9999999845827421, 1.541725790028002e-8],
  [4.1, 0.9999999932999724, 6.700027654084918e-9],
  [5, 0.9999999999984626, 1.537459794428035e-12],
  [7.5, 1.0, 2.776649386030569e-26],
  [12, 1.0, 1.3562611692059042e-64],
  [26, 1.0, 5.663192408856143e-296]
]

/** |a - b| over |b|. */
const relative = (a: number, b: number): number => Math.abs(a - b) / Math.abs(b)

describe('erf', () => {
  it.each(known)('at %d', (x, value, complement) => {
    expect(relative(erf(x), value)).toBeLessThan(1e-15)
    expect(relative(erfc(x), complement)).toBeLessThan(2e-15)
  })
})

describe('stable formulas', () => {
  it('agree with the naive ones where those are safe', () => {
    for (const x of [-20, -3, -0.5, 0, 0.5, 3, 20]) {
      expect(relative(softplus(x), Math.log1p(Math.exp(x)))).toBeLessThan(1e-14)
      expect(relative(sigmoid(x), 1 / (1 + Math.exp(-x)))).toBeLessThan(1e-14)
    }
    expect(normalDistribution(0)).toBe(0.5)
    expect(relative(normalDistribution(1.5), 0.9331927987311419)).toBeLessThan(1e-14)
    expect(relative(normalDensity(1.5), 0.12951759566589174)).toBeLessThan(1e-14)
  })

  it('are exact at the far ends', () => {
    expect(softplus(1e4)).toBe(1e4)
    expect(softplus(-1e4)).toBe(0)
    expect(sigmoid(1e4)).toBe(1)
    expect(sigmoid(-1e4)).toBe(0)
    expect(normalDistribution(-1e4)).toBe(0)
    expect(normalDistribution(1e4)).toBe(1)
  })

  it('round halves to even', () => {
    expect([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 0.49999999999999994, 2.6].map((x) => roundHalfToEven(x) + 0)).toEqual([
      -2, -2, 0, 0, 2, 2, 0, 3
    ])
  })
})
