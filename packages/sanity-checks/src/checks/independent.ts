import { changedByLogitLayer } from './criteria.js'
import { defineCheck } from './define-check.js'
import { randomization, randomizationDefaults, resolveRandomization } from './randomization.js'

/**
 * Independent randomization of parameters (Adebayo et al. 2018): one layer at a time, from the logits down, all else bit for bit as trained. The verdict is read off the first step, the layer
 * of the logits alone: a map that stays as it is does not tell labels apart (Sixt et al. 2020, arXiv 1912.09818), while a single layer further down may matter little in a good model.
 */
export const independent = defineCheck({
  name: 'independent',
  cite: 'Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, Sanity checks for saliency maps, arXiv 1810.03292',
  criterion: changedByLogitLayer,
  defaults: randomizationDefaults,
  resolve: (options) => resolveRandomization('independent', options),
  body: (options) => randomization((layers) => [...layers].reverse().map((layer) => [layer]), options, 'first')
})
