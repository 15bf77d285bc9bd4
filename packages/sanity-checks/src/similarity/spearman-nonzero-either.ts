import { defineSimilarity } from './define.js'
import { spearmanOn } from './spearman-on.js'

/**
 * The order of everything that one of two maps keeps, the other's zeros included. Of maps of sizes it is biased: an element is left out where both are
 * small, so unrelated sparse maps have a correlation far below 0.
 */
export const spearmanNonzeroEither = defineSimilarity(
  {
    name: 'spearman-nonzero-either',
    cite: 'Spearman 1904; ours is the choice of the elements',
    formula: "Spearman's correlation over the elements at which at least one map is not 0",
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  (a, b) => spearmanOn(a, b, (i) => a[i] !== 0 || b[i] !== 0)
)
