import { pearson as correlation } from '@agon/core'
import { defineSimilarity } from './define.js'

export const pearson = defineSimilarity(
  {
    name: 'pearson',
    cite: 'K. Pearson 1895, Note on Regression and Inheritance in the Case of Two Parents',
    formula: 'sum (a - mean a)(b - mean b) / sqrt(sum (a - mean a)^2 sum (b - mean b)^2)',
    direction: 'higher',
    range: [-1, 1],
    symmetric: true
  },
  correlation
)
