import { AgonError, defineMethod, edgeMap, formatShape } from '@agon/core'
import { eachTarget } from './each-target.js'

/** A control: the Sobel edges of a picture (`edgeMap` of core) as the map of every label, one value a pixel. It depends on no model. */
export const edgeDetector = defineMethod({
  name: 'edge-detector',
  cite: 'Adebayo, Gilmer, Muelly, Goodfellow, Hardt & Kim 2018, Sanity checks for saliency maps, arXiv 1810.03292',
  defaults: {},
  attribute: async (context) => {
    const { input } = context
    if (input.shape.length !== 4) {
      throw new AgonError('AGON_BAD_INPUT', {
        what: 'input of edge-detector',
        expected: 'pictures [N,C,H,W]',
        found: formatShape(input.shape)
      })
    }
    return eachTarget(context, [1, ...input.shape.slice(2)], (n) => edgeMap(input, n))
  }
})
