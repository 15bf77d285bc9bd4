import { spearman as rankCorrelation } from '@agon/core'
import { defineSimilarity } from './define.js'

/** Element by element, signed: `spearman(abs)` is that of the sizes. */
export const spearman = defineSimilarity(
  {
    name: 'spearman',
    cite: 'C. Spearman 1904, The Proof and Measurement of Association between Two Things; for saliency maps Adebayo et al. 2018, Sanity Checks for Saliency Maps, arXiv 1810.03292',
    formula: "Pearson's correlation of the ranks; equal values share the mean of their ranks",
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  rankCorrelation
)
