import { definePictureSimilarity } from './define.js'
import { structuralSimilarity, uniformWindow } from './structural-similarity.js'

export const ssimUniform = definePictureSimilarity(
  {
    name: 'ssim-uniform',
    cite: 'Wang, Bovik, Sheikh, Simoncelli 2004, Image Quality Assessment: From Error Visibility to Structural Similarity, doi 10.1109/TIP.2003.819861',
    formula:
      'mean over 5x5 windows of (2 ma mb + C1)(2 cab + C2) / ((ma^2 + mb^2 + C1)(va + vb + C2)), C1 = (.01 R)^2, C2 = (.03 R)^2, R = max - min over both maps; variances of samples',
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  5,
  (a, b) => structuralSimilarity(a, b, uniformWindow)
)
