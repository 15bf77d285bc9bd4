export { defaultFigures } from './default-figures.js'
export { hog } from './hog.js'
export { normalisations, type Normalisation } from './normalisations.js'
export { parseFigure } from './parse-figure.js'
export { similarities } from './similarities.js'
export {
  gaussianWindow,
  jointRange,
  structuralSimilarity,
  uniformWindow,
  type SsimWindow
} from './structural-similarity.js'
export type { Plane } from './define.js'
export { topIntersection, type Top } from './top-intersection.js'
