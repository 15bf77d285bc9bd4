import { erfc } from './erf.js'

/** log(1 + exp(x)) = max(x, 0) + log1p(exp(-|x|)): neither overflows nor cancels. */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** 1 / (1 + exp(-x)), with the exponential of a negative number only. */
export function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

/** Distribution function of the standard normal: erfc(-x / sqrt(2)) / 2. */
export function normalDistribution(x: number): number {
  return erfc(-x / Math.SQRT2) / 2
}

/** Density of the standard normal. */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
}

/** To the nearest whole number, halves to the even one (ONNX Round). */
export function roundHalfToEven(x: number): number {
  const below = Math.floor(x)
  const part = x - below
  if (part !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}
