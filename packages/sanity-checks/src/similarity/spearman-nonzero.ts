import { defineSimilarity } from './define.js'
import { spearmanOn } from './spearman-on.js'

/**
 * Whether two maps put in the same order what both of them keep. Of maps that keep little at random, `spearman` sees the zeros that they share, and
 * `spearman-nonzero-either` the places that only one keeps; unrelated maps have 0 here, however sparse they are.
 */
export const spearmanNonzero = defineSimilarity(
  {
    name: 'spearman-nonzero',
    cite: 'Spearman 1904; ours is the choice of the elements',
    formula: "Spearman's correlation over the elements at which both maps are not 0",
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  (a, b) => spearmanOn(a, b, (i) => a[i] !== 0 && b[i] !== 0)
)
