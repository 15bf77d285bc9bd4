import type { BackwardPass, Rule } from '@agon/core'

/** Activations that cut off what is not above 0 (or outside of bounds), as those of the rules `guided` and `deconvnet`. */
const rectifiers = ['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'ThresholdedRelu', 'Clip']

/** One backward pass with a rule at all rectifying activations and the true derivative elsewhere. */
export function rectifiedPass(rule: Rule): BackwardPass {
  return { rules: { byOp: Object.fromEntries(rectifiers.map((op) => [op, rule])) }, cotangent: 'one', multiply: 'none' }
}
