import { changed } from './criteria.js'
import { defineCheck } from './define-check.js'
import { randomization, randomizationDefaults, resolveRandomization, type Order } from './randomization.js'

/** From the logits down: step k has the k + 1 layers nearest to the logits. */
export const fromLogits: Order = (layers) => layers.map((_, k) => layers.slice(layers.length - 1 - k))

/**
 * Cascading randomization of parameters (Adebayo et al. 2018): layers are drawn anew from the logits down, cumulatively, starting from the trained model. A map that depends on
 * what the model has learnt changes.
 */
export const cascading = defineCheck({
  name: 'cascading',
  cite: 'Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, Sanity checks for saliency maps, arXiv 1810.03292',
  criterion: changed,
  defaults: randomizationDefaults,
  resolve: (options) => resolveRandomization('cascading', options),
  body: (options) => randomization(fromLogits, options)
})
