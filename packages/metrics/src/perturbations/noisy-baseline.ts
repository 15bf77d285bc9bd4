import { assertBaseline } from '@agon/core'
import { baselineRows, type BaselineOptions } from './baseline-rows.js'
import { gaussian, noisy, type GaussianOptions } from './gaussian.js'
import type { PerturbationKind } from './perturbation.js'

export interface NoisyBaselineOptions extends GaussianOptions, BaselineOptions {}

/** I = x - (x0 + e), e normal: the baseline with noise in place of the input. Streams as for `gaussian`. */
export const noisyBaseline: PerturbationKind<NoisyBaselineOptions> = {
  formula: 'I = x - (x0 + e), x0 the baseline, e normal with mean 0',
  isDifference: true,
  defaults: { ...gaussian.defaults, baseline: undefined },
  check(option, options) {
    gaussian.check(option, options)
    assertBaseline(option('baseline'), options.baseline)
  },
  perturb: (context, { baseline, ...options }) => noisy(context, baselineRows(context, baseline), options)
}
