import { definePictureSimilarity } from './define.js'
import { gaussianWindow, structuralSimilarity } from './structural-similarity.js'

export const ssimGaussian = definePictureSimilarity(
  {
    name: 'ssim-gaussian',
    cite: 'Wang, Bovik, Sheikh, Simoncelli 2004, Image Quality Assessment: From Error Visibility to Structural Similarity, doi 10.1109/TIP.2003.819861',
    formula:
      'mean over 11x11 Gaussian windows, sigma 1.5, of (2 ma mb + C1)(2 cab + C2) / ((ma^2 + mb^2 + C1)(va + vb + C2)), C1 = (.01 R)^2, C2 = (.03 R)^2, R = max - min over both maps',
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  11,
  (a, b) => structuralSimilarity(a, b, gaussianWindow)
)
