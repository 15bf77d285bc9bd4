import type { Explanation } from './explain.js'
import { rowsOf } from './labels.js'
import type { Method } from './method.js'

/** How far an attribution is from adding up to the logit that it explains, or to that logit's rise from a baseline. */
export interface Completeness {
  /** Sum of the attribution over the input, in float64. */
  readonly sum: number
  readonly logit: number
  /** The same label's logit at the baseline; 0 for a method without a baseline. */
  readonly baselineLogit: number
  /** logit - baselineLogit - sum: 0 but for rounding on nets of linear, ReLU and pooling layers without biases. */
  readonly gap: number
  /** |gap| over |logit - baselineLogit|; 0 if the gap is 0, and infinite if it is not while the logits are equal. */
  readonly relativeGap: number
}

/**
 * The completeness of example n's attribution. `undefined` for a method whose maps do not claim to add up: one that neither
 * gives the logits at its baseline nor is a true gradient of the logit with respect to the input, times the input.
 */
export function completeness(
  { pass }: Method,
  {
    attribution,
    logits,
    target,
    baselineLogits
  }: Pick<Explanation, 'attribution' | 'logits' | 'target' | 'baselineLogits'>,
  n = 0
): Completeness | undefined {
  const isTimesInput = pass?.multiply === 'input' && pass.cotangent === 'one' && !pass.rules && pass.wrt === undefined
  if (!isTimesInput && baselineLogits === undefined) return undefined
  let sum = 0
  for (const value of rowsOf(attribution)[n]!) sum += value
  const logit = rowsOf(logits)[n]![target[n]!]!
  const baselineLogit = baselineLogits === undefined ? 0 : rowsOf(baselineLogits)[n]![target[n]!]!
  const gap = logit - baselineLogit - sum
  const relativeGap = gap === 0 ? 0 : Math.abs(gap) / Math.abs(logit - baselineLogit)
  return { sum, logit, baselineLogit, gap, relativeGap }
}
