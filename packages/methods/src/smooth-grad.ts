import { multiplierOf } from '@agon/core'
import { mean } from './averaging/reductions.js'
import { smoothing } from './averaging/smoothing.js'

/**
 * SmoothGrad: the mean of the base method's signed maps h over noisy copies of the input, `[L, N, ...]` in the base's units,
 *
 *     (1/n) sum over k of h(x + e_k),    e_k normal with the standard deviation of the options
 */
export const smoothGrad = smoothing({
  name: 'smooth-grad',
  cite: 'Smilkov, Thorat, Kim, Viegas & Wattenberg 2017, SmoothGrad: removing noise by adding noise, arXiv 1706.03825',
  multiplier: ({ base }) => multiplierOf(base),
  fewest: 1,
  reduction: mean
})
