import { meanOfSquares } from './averaging/reductions.js'
import { smoothing } from './averaging/smoothing.js'

/**
 * SmoothGrad-squared: the mean of the squares of the base method's maps h over noisy copies of the input, `[L, N, ...]` in the
 * square of the base's units and never negative: it is SmoothGrad's square plus VarGrad.
 *
 *     (1/n) sum over k of h(x + e_k)^2,    e_k normal with the standard deviation of the options
 */
export const smoothGradSquared = smoothing({
  name: 'smooth-grad-squared',
  cite: 'Hooker, Erhan, Kindermans & Kim 2019, A Benchmark for Interpretability Methods in Deep Neural Networks, arXiv 1806.10758',
  fewest: 1,
  reduction: meanOfSquares
})
