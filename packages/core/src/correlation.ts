import { AgonError } from './error.js'

/** Numbers that are compared place by place. */
export type Numbers = Float32Array | Float64Array | readonly number[]

/**
 * Pearson's correlation sum (a - mean a)(b - mean b) / sqrt(sum (a - mean a)^2 sum (b - mean b)^2), in -1 .. 1 and exactly 1 for a and itself. Where one side
 * is constant it is not defined; here it is then 0, and 1 if both are. For values of float32's size: squares of squares must fit float64. Throws AGON_BAD_INPUT
 * for different lengths, AGON_NOT_FINITE for NaN or infinity.
 */
export function pearson(a: Numbers, b: Numbers): number {
  assertPaired("Pearson's correlation", a, b)
  assertAllFinite(a)
  assertAllFinite(b)
  return correlationAbout(a, meanOf(a), b, meanOf(b))
}

/** Pearson's correlation of values whose means are known; for values that are finite and as many on both sides. */
export function correlationAbout(a: Numbers, meanOfA: number, b: Numbers, meanOfB: number): number {
  const constant = [isConstant(a), isConstant(b)]
  if (constant[0] || constant[1]) return constant[0] === constant[1] ? 1 : 0
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const x = a[i]! - meanOfA
    const y = b[i]! - meanOfB
    ab += x * y
    aa += x * x
    bb += y * y
  }
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)))
}

/** Throws AGON_BAD_INPUT unless there are as many values on both sides. */
export function assertPaired(what: string, a: Numbers, b: Numbers): void {
  if (a.length === b.length) return
  const [expected, found] = [`${a.length} values on both sides`, `${b.length} on the second`]
  throw new AgonError('AGON_BAD_INPUT', { what, expected, found })
}

function assertAllFinite(values: Numbers): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue
    const [expected, found] = ['finite numbers', `${values[i]} at ${i}`]
    throw new AgonError('AGON_NOT_FINITE', { what: 'values to be correlated', expected, found })
  }
}

function meanOf(values: Numbers): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum / values.length
}

/** All equal: a mean that is rounded would hide it. */
function isConstant(values: Numbers): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false
  return true
}
