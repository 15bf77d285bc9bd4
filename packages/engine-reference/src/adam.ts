import type { AdamStep } from '@agon/core'
import type { Values } from './ops/operator.js'

/** One step of Adam in place (see AdamStep for the formula), computed in float64 and kept in float32. `decayed`: does the decay apply? */
export function adamStep(
  { step, rate, beta1, beta2, epsilon, decay }: AdamStep,
  decayed: boolean,
  weights: Values,
  gradient: Values,
  first: Values,
  second: Values
): void {
  const [rise1, rise2] = [1 - beta1 ** step, 1 - beta2 ** step]
  for (let e = 0; e < weights.length; e++) {
    const [w, g] = [weights[e]!, gradient[e]!]
    const m = beta1 * first[e]! + (1 - beta1) * g
    const v = beta2 * second[e]! + (1 - beta2) * g * g
    const change = m / rise1 / (Math.sqrt(v / rise2) + epsilon) + (decayed ? decay * w : 0)
    first[e] = Math.fround(m)
    second[e] = Math.fround(v)
    weights[e] = Math.fround(w - rate * change)
  }
}
