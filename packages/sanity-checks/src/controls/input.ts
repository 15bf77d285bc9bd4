import { defineMethod, rowsOf } from '@agon/core'
import { eachTarget } from './each-target.js'

/** A control: the input itself as the map of every label. It depends on no model. */
export const inputItself = defineMethod({
  name: 'input',
  cite: 'Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, Sanity checks for saliency maps, arXiv 1810.03292',
  defaults: {},
  attribute: async (context) => {
    const rows = rowsOf(context.input)
    return eachTarget(context, context.input.shape.slice(1), (n) => rows[n]!)
  }
})
