import { defineSimilarity } from './define.js'

/** A distance: in the maps' units, and it grows with their number of elements. */
export const euclidean = defineSimilarity(
  {
    name: 'euclidean',
    cite: 'for attributions Kokhlikyan et al. 2021, Investigating sanity checks for saliency maps with image and text classification, arXiv 2106.07475',
    formula: 'sqrt(sum (a - b)^2)',
    direction: 'lower',
    range: [0, Infinity],
    symmetric: true
  },
  (a, b) => {
    let sum = 0
    for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2
    return Math.sqrt(sum)
  }
)
