import { changed } from './criteria.js'
import { defineCheck } from './define-check.js'
import { randomization, randomizationDefaults, resolveRandomization } from './randomization.js'

/** Cumulative randomization of parameters from the input up: what `cascading` does in the other order; both end in the same model. */
export const bottomUp = defineCheck({
  name: 'bottom-up',
  cite: 'Binder, Weber, Lapuschkin, Montavon, Mueller & Samek 2023, Shortcomings of top-down randomization-based sanity checks for evaluations of deep neural network explanations, arXiv 2211.12486',
  criterion: changed,
  defaults: randomizationDefaults,
  resolve: (options) => resolveRandomization('bottom-up', options),
  body: (options) => randomization((layers) => layers.map((_, k) => layers.slice(0, k + 1).reverse()), options)
})
