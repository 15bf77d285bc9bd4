import type { Evaluate } from '../facts.js'
import { input, optionalScalar } from '../operands.js'
import { valuesOf } from './elementwise.js'

/** min(max, max(min, x)), in that order. */
export const clipped: Evaluate = (facts) => {
  const least = optionalScalar(facts, 1) ?? -Infinity
  const most = optionalScalar(facts, 2) ?? Infinity
  return [Float64Array.from(valuesOf(input(facts, 0)), (x) => Math.min(most, Math.max(least, x)))]
}
