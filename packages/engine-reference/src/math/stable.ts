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

/**
 * min + softplus(x - min) - softplus(x - max) with softplus(x) = log(1 + exp(beta x)) / beta: x between min and max with both corners
 * rounded. Written as the clamp and a correction of at most log(2) / beta, so that nothing cancels or overflows; bounds may be infinite.
 */
export function softclip(x: number, beta: number, min: number, max: number): number {
  const near = (bound: number): number => Math.log1p(Math.exp(-beta * Math.abs(x - bound)))
  return Math.min(max, Math.max(min, x)) + (near(min) - near(max)) / beta
}

/** sigmoid(beta (x - min)) - sigmoid(beta (x - max)), as a product: no difference of numbers near 1. */
export function softclipSlope(x: number, beta: number, min: number, max: number): number {
  return sigmoid(beta * (x - min)) * sigmoid(beta * (max - x)) * -Math.expm1(-beta * (max - min))
}
