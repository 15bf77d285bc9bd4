import { assertChoice, assertWhole, defineMethod, type Tensor } from '@agon/core'
import { assertBaselines, baselineSet, meanLogits } from './averaging/baselines.js'
import { reduceCopies } from './averaging/copies.js'
import { randomPaths } from './averaging/paths.js'
import { mean } from './averaging/reductions.js'
import { gradient } from './gradient.js'

export interface ExpectedGradientsOptions {
  /** `[B, ...]`, usually examples of the data, shared by all examples. Default: the baseline of the call, else zero. */
  readonly baselines: Tensor | undefined
  /** Points at which the gradient is taken, each on the path from a baseline drawn for it; at most a million. Default 50. */
  readonly samples: number
  /** `'global'` (default): times input - baseline, in units of the logit; `'local'`: the mean gradient itself. */
  readonly multiplier: 'global' | 'local'
}

/**
 * Expected gradients of logit f: the mean of integrated gradients over baselines b, estimated at n random points, for every element i
 *
 *     global_i = (1/n) sum over k of (x_i - b_ki) df/dx_i (b_k + t_k (x - b_k)),    t_k uniform in 0 .. 1
 *
 * and local_i the same without the factor. `[L, N, ...input]`. Global maps add up to f(x) - mean of f(b) but for the chance of the
 * draw, and come with that mean, from which `completeness` tells the gap.
 */
export const expectedGradients = defineMethod<ExpectedGradientsOptions>({
  name: 'expected-gradients',
  cite: 'Erion, Janizek, Sturmfels, Lundberg & Lee 2019, Learning Explainable Models Using Attribution Priors, arXiv 1906.10670',
  defaults: { baselines: undefined, samples: 50, multiplier: 'global' },
  multiplier: ({ multiplier }) => (multiplier === 'global' ? 'input-minus-baseline' : 'none'),
  check({ baselines, samples, multiplier }) {
    const option = (name: string): string => `option '${name}' of expected-gradients`
    assertBaselines(option('baselines'), baselines)
    assertWhole(option('samples'), samples, 1, 1_000_000)
    assertChoice(option('multiplier'), multiplier, ['global', 'local'])
  },
  async attribute(context, { baselines, samples, multiplier }) {
    const set = baselineSet(context, baselines)
    const { copies, timesDifference } = randomPaths(context, set, samples)
    if (multiplier === 'local') return reduceCopies(context, gradient(), copies, mean(samples))
    const weighed = { ...copies, weigh: timesDifference }
    return {
      attribution: await reduceCopies(context, gradient(), weighed, mean(samples)),
      baselineLogits: await meanLogits(context, set)
    }
  }
})
