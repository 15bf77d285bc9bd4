import { defineMethod, rowsOf, type Tensor } from '@agon/core'
import { assertBaselines, baselineSet, meanLogits } from './averaging/baselines.js'
import { reduceCopies } from './averaging/copies.js'
import { mean } from './averaging/reductions.js'
import { assertLift, deepLiftDefaults, liftPass, type DeepLiftOptions } from './deep-lift.js'

export interface DeepLiftShapOptions extends Pick<DeepLiftOptions, 'rule' | 'multiplier'> {
  /** `[B, ...]`, usually examples of the data, shared by all examples. Default: the baseline of the call, else zero. */
  readonly baselines: Tensor | undefined
}

const { rule, multiplier } = deepLiftDefaults

/**
 * DeepLIFT in the mean over B baselines, for every element i
 *
 *     global_i = (1/B) sum over j of m_ji (x_i - b_ji),    whose sum is f(x) - mean of f(b)
 *     local_i  = (1/B) sum over j of m_ji
 *
 * with the multipliers m_j against baseline j. `[L, N, ...input]`. Global maps come with the mean logits of the baselines.
 */
export const deepLiftShap = defineMethod<DeepLiftShapOptions>({
  name: 'deep-lift-shap',
  cite: 'Lundberg & Lee 2017, A Unified Approach to Interpreting Model Predictions, arXiv 1705.07874',
  defaults: { baselines: undefined, rule, multiplier },
  multiplier: ({ multiplier }) => (multiplier === 'global' ? 'input-minus-baseline' : 'none'),
  check({ baselines, ...pass }) {
    assertBaselines("option 'baselines' of deep-lift-shap", baselines)
    assertLift('deep-lift-shap', pass)
  },
  async attribute(context, { baselines, ...options }) {
    const set = baselineSet(context, baselines)
    const [inputs, starts] = [rowsOf(context.input), rowsOf(set.all)]
    const copies = {
      count: set.rowsOf(0).length,
      write: (n: number, _: number, into: Float32Array) => into.set(inputs[n]!),
      baselineOf: (n: number, k: number) => starts[set.rowsOf(n)[k]!]!
    }
    const against = { name: 'deep-lift', pass: liftPass(options) }
    const attribution = await reduceCopies(context, against, copies, mean(copies.count))
    if (options.multiplier === 'local') return attribution
    return { attribution, baselineLogits: await meanLogits(context, set) }
  }
})
