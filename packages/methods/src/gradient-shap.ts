import { assertChoice, assertWhole, defineMethod, type Tensor } from '@agon/core'
import { assertBaselines, baselineSet, meanLogits } from './averaging/baselines.js'
import { reduceCopies } from './averaging/copies.js'
import { assertDeviation } from './averaging/deviation.js'
import { randomPaths } from './averaging/paths.js'
import { mean } from './averaging/reductions.js'
import { gradient } from './gradient.js'

export interface GradientShapOptions {
  /** `[B, ...]`, usually examples of the data, shared by all examples. Default: the baseline of the call, else zero. */
  readonly baselines: Tensor | undefined
  /** Points at which the gradient is taken, each on a path of its own; at most a million. Default 50. */
  readonly samples: number
  /** Standard deviation of the noise at the end of every path, as a share of an example's range, its maximum - its minimum. Default 0. */
  readonly noise: number
  /** Standard deviation in units of the input, in place of `noise`. */
  readonly sigma: number | undefined
  /** `'global'` (default): times noisy input - baseline, in units of the logit; `'local'`: the mean gradient itself. */
  readonly multiplier: 'global' | 'local'
}

/**
 * GradientSHAP of logit f: n random points on paths from baselines b to noisy copies of the input x, for every element i
 *
 *     global_i = (1/n) sum over k of (x_i + e_ki - b_ki) df/dx_i (b_k + t_k (x + e_k - b_k)),    t_k uniform in 0 .. 1, e_k normal
 *
 * and local_i the same without the factor. `[L, N, ...input]`. Without noise these are expected gradients, bit for bit at one seed, and
 * global maps come with the mean logits of the baselines, as there. With noise they add up to the mean rise to f(x + e), which is not f(x).
 */
export const gradientShap = defineMethod<GradientShapOptions>({
  name: 'gradient-shap',
  cite: 'Lundberg & Lee 2017, A Unified Approach to Interpreting Model Predictions, arXiv 1705.07874',
  defaults: { baselines: undefined, samples: 50, noise: 0, sigma: undefined, multiplier: 'global' },
  multiplier: ({ multiplier }) => (multiplier === 'global' ? 'input-minus-baseline' : 'none'),
  check({ baselines, samples, noise, sigma, multiplier }) {
    const option = (name: string): string => `option '${name}' of gradient-shap`
    assertBaselines(option('baselines'), baselines)
    assertWhole(option('samples'), samples, 1, 1_000_000)
    assertDeviation(option, { noise, sigma })
    assertChoice(option('multiplier'), multiplier, ['global', 'local'])
  },
  async attribute(context, { baselines, samples, noise, sigma, multiplier }) {
    const set = baselineSet(context, baselines)
    const { copies, timesDifference } = randomPaths(context, set, samples, { noise, sigma })
    if (multiplier === 'local') return reduceCopies(context, gradient(), copies, mean(samples))
    const weighed = { ...copies, weigh: timesDifference }
    const attribution = await reduceCopies(context, gradient(), weighed, mean(samples))
    const noisy = (sigma ?? noise) > 0
    return { attribution, ...(!noisy && { baselineLogits: await meanLogits(context, set) }) }
  }
})
