import { variance } from './averaging/reductions.js'
import { smoothing } from './averaging/smoothing.js'

/**
 * VarGrad: the variance of the base method's maps h over noisy copies of the input, `[L, N, ...]` in the square of the base's units
 * and never negative. The sum is divided by n, not by n - 1.
 *
 *     (1/n) sum over k of (h(x + e_k) - mean)^2,    e_k normal with the standard deviation of the options
 */
export const varGrad = smoothing({
  name: 'var-grad',
  cite: 'Adebayo, Gilmer, Goodfellow & Kim 2018, Local Explanation Methods for Deep Neural Networks Lack Sensitivity to Parameter Values, arXiv 1810.03307',
  fewest: 2,
  reduction: variance
})
