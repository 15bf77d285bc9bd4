import { assertBaseline, assertChoice, defineMethod, type BackwardPass, type Baseline } from '@agon/core'
import { assertLayer, layerDefaults, wrtLayer, type LayerOptions } from './layers/layer.js'

/** How differences from the baseline pass what is not linear. */
export type LiftRule = 'rescale' | 'reveal-cancel'

export interface DeepLiftOptions extends LayerOptions {
  /** `'rescale'` (default): by the slope of the chord; `'reveal-cancel'`: positive and negative contributions apart, in both orders. */
  readonly rule: LiftRule
  /** What the input is compared with. Default: the baseline of the call, else zero in the units of the input. */
  readonly baseline: Baseline | undefined
  /** `'global'` (default): times input - baseline, in units of the logit; `'local'`: the multipliers themselves. */
  readonly multiplier: 'global' | 'local'
}

export const deepLiftDefaults: DeepLiftOptions = {
  ...layerDefaults,
  rule: 'rescale',
  baseline: undefined,
  multiplier: 'global'
}

/**
 * DeepLIFT of logit f against the baseline b: multipliers m, which every layer passes on to the differences x - b of its inputs,
 *
 *     local_i  = m_i
 *     global_i = m_i (x_i - b_i),    whose sum is f(x) - f(b)
 *
 * `[L, N, ...input]`, one backward pass. Global maps come with the logits at the baseline, from which `completeness` tells the gap.
 * With `layer`, x and b are that value's in the passes of the input and of the baseline, and the map is shaped like it.
 * Throws AGON_NO_RULE, naming the node, for a model with an operator that no difference passes.
 */
export const deepLift = defineMethod<DeepLiftOptions>({
  name: 'deep-lift',
  cite: 'Shrikumar, Greenside & Kundaje 2017, Learning Important Features Through Propagating Activation Differences, arXiv 1704.02685',
  defaults: deepLiftDefaults,
  check({ baseline, layer, ...pass }) {
    assertLayer('deep-lift', layer)
    assertBaseline("option 'baseline' of deep-lift", baseline)
    assertLift('deep-lift', pass)
  },
  pass: ({ baseline, ...options }) => ({
    ...liftPass(options),
    ...wrtLayer(options),
    ...(baseline !== undefined && { baseline }),
    ...(options.multiplier === 'global' && options.layer === undefined && { completes: true })
  })
})

/** What DeepLIFT sends back from every logit, against the baseline of the call. */
export function liftPass({ rule, multiplier }: Pick<DeepLiftOptions, 'rule' | 'multiplier'>): BackwardPass {
  const multiply = multiplier === 'global' ? 'input-minus-baseline' : 'none'
  return { rules: { composite: rule }, cotangent: 'one', multiply }
}

/** Throws AGON_BAD_OPTION for a rule or a multiplier that does not exist. */
export function assertLift(method: string, { rule, multiplier }: Pick<DeepLiftOptions, 'rule' | 'multiplier'>): void {
  assertChoice(`option 'rule' of ${method}`, rule, ['rescale', 'reveal-cancel'])
  assertChoice(`option 'multiplier' of ${method}`, multiplier, ['global', 'local'])
}
