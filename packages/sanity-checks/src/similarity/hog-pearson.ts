import { pearson } from '@agon/core'
import { definePictureSimilarity } from './define.js'
import { hog, leastHogSide } from './hog.js'

export const hogPearson = definePictureSimilarity(
  {
    name: 'hog-pearson',
    cite: 'Dalal & Triggs 2005, Histograms of Oriented Gradients for Human Detection, doi 10.1109/CVPR.2005.177; for saliency maps Adebayo et al. 2018, Sanity Checks for Saliency Maps, arXiv 1810.03292',
    formula:
      "Pearson's correlation of histograms of oriented gradients: 9 orientations, cells of 16x16 pixels, blocks of 3x3 cells, L2-Hys",
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  leastHogSide,
  (a, b) => pearson(hog(a), hog(b))
)
