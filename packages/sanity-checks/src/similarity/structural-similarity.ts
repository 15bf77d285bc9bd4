import type { Plane } from './define.js'

/** Over what means, variances and the covariance are taken. */
export interface SsimWindow {
  /** Weights of a row of the window, which add up to 1; the window's are the products of two of them. Odd in number. */
  readonly taps: readonly number[]
  /** By which weighted variances and covariances are multiplied: 1 for the definition, n / (n - 1) for those of a sample of n. */
  readonly unbias: number
}

/** 5 by 5 equal weights, variances of a sample of 25. */
export const uniformWindow: SsimWindow = { taps: new Array<number>(5).fill(1 / 5), unbias: 25 / 24 }

/** 11 by 11 weights exp(-d^2 / (2 sigma^2)) with sigma 1.5, as in the paper. */
export const gaussianWindow: SsimWindow = { taps: gaussianTaps(5, 1.5), unbias: 1 }

/**
 * The mean structural similarity of two planes (Wang et al. 2004), over every window that lies inside: with means m, variances v and covariance c,
 *
 *     (2 m_a m_b + C1)(2 c + C2) / ((m_a^2 + m_b^2 + C1)(v_a + v_b + C2)),   C1 = (0.01 R)^2, C2 = (0.03 R)^2
 *
 * in -1 .. 1, exactly 1 for a plane and itself. The data range R > 0 is of the maps' units; by default `jointRange` of the two. If that is 0, both planes
 * are one and the same constant: 1. Variances are taken about a common middle, so a large mean costs no digits.
 */
export function structuralSimilarity(a: Plane, b: Plane, window: SsimWindow, range = jointRange(a, b)): number {
  if (range === 0) return 1
  const middle = (leastOf(a.values, b.values) + mostOf(a.values, b.values)) / 2
  const [x, y] = [less(a.values, middle), less(b.values, middle)]
  const means = (values: Float64Array): Float64Array => windowMeans(values, a.height, a.width, window.taps)
  const [mx, my] = [means(x), means(y)]
  const [mxx, myy, mxy] = [means(product(x, x)), means(product(y, y)), means(product(x, y))]
  const [c1, c2] = [(0.01 * range) ** 2, (0.03 * range) ** 2]
  let sum = 0
  for (let i = 0; i < mx.length; i++) {
    const [ma, mb] = [mx[i]! + middle, my[i]! + middle]
    const va = window.unbias * (mxx[i]! - mx[i]! * mx[i]!)
    const vb = window.unbias * (myy[i]! - my[i]! * my[i]!)
    const covariance = window.unbias * (mxy[i]! - mx[i]! * my[i]!)
    sum += ((2 * ma * mb + c1) / (ma * ma + mb * mb + c1)) * ((2 * covariance + c2) / (va + vb + c2))
  }
  return Math.max(-1, Math.min(1, sum / mx.length))
}

/** The largest value of both planes less the smallest. */
export function jointRange(a: Plane, b: Plane): number {
  return mostOf(a.values, b.values) - leastOf(a.values, b.values)
}

/** Weighted means over the windows inside, (height - n + 1) by (width - n + 1) of them for n taps: along the rows, then down the columns. */
function windowMeans(values: Float64Array, height: number, width: number, taps: readonly number[]): Float64Array {
  const [rows, columns] = [height - taps.length + 1, width - taps.length + 1]
  const along = new Float64Array(height * columns)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns; x++) {
      let sum = 0
      for (let t = 0; t < taps.length; t++) sum += taps[t]! * values[y * width + x + t]!
      along[y * columns + x] = sum
    }
  }
  const means = new Float64Array(rows * columns)
  for (let y = 0; y < rows; y++) {
    for (let t = 0; t < taps.length; t++) {
      for (let x = 0; x < columns; x++) means[y * columns + x]! += taps[t]! * along[(y + t) * columns + x]!
    }
  }
  return means
}

function less(values: Float32Array, by: number): Float64Array {
  const found = new Float64Array(values.length)
  for (let i = 0; i < found.length; i++) found[i] = values[i]! - by
  return found
}

function product(x: Float64Array, y: Float64Array): Float64Array {
  const found = new Float64Array(x.length)
  for (let i = 0; i < found.length; i++) found[i] = x[i]! * y[i]!
  return found
}

function gaussianTaps(radius: number, sigma: number): number[] {
  const sizes = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return sizes.map((size) => size / total)
}

function leastOf(a: Float32Array, b: Float32Array): number {
  return [a, b].reduce((least, values) => values.reduce((low, value) => (value < low ? value : low), least), Infinity)
}

function mostOf(a: Float32Array, b: Float32Array): number {
  return [a, b].reduce((most, values) => values.reduce((high, value) => (value > high ? value : high), most), -Infinity)
}
