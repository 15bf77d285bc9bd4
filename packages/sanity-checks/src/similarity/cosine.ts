import { defineSimilarity } from './define.js'

/** 1 for two maps that are all 0, 0 if one is. */
export const cosine = defineSimilarity(
  {
    name: 'cosine',
    cite: 'for attributions Kokhlikyan et al. 2021, Investigating sanity checks for saliency maps with image and text classification, arXiv 2106.07475',
    formula: 'sum a b / sqrt(sum a^2 sum b^2)',
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  (a, b) => {
    let [ab, aa, bb] = [0, 0, 0]
    for (let i = 0; i < a.length; i++) {
      const [x, y] = [a[i]!, b[i]!]
      ab += x * y
      aa += x * x
      bb += y * y
    }
    if (aa === 0 || bb === 0) return aa === bb ? 1 : 0
    return Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb)))
  }
)
