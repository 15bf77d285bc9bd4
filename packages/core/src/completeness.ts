import type { Explanation } from './explain.js'
import { rowsOf } from './labels.js'
import type { Method } from './method.js'

/** How far an attribution is from adding up to the logit that it explains. */
export interface Completeness {
  /** Sum of the attribution over the input, in float64. */
  readonly sum: number
  readonly logit: number
  /** logit - sum: 0 but for rounding on nets of linear, ReLU and pooling layers without biases. */
  readonly gap: number
}

/**
 * The completeness of example n's attribution. `undefined` for a method whose maps do not claim to add up to the logit: one that is
 * not a true gradient of the logit with respect to the input, times the input.
 */
export function completeness(
  { pass }: Method,
  { attribution, logits, target }: Explanation,
  n = 0
): Completeness | undefined {
  const claims = pass?.multiply === 'input' && pass.cotangent === 'one' && !pass.rules && pass.wrt === undefined
  if (!claims) return undefined
  let sum = 0
  for (const value of rowsOf(attribution)[n]!) sum += value
  const logit = rowsOf(logits)[n]![target[n]!]!
  return { sum, logit, gap: logit - sum }
}
