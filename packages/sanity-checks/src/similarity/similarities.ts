import { createRegistry } from '@agon/core'
import { cosine } from './cosine.js'
import { euclidean } from './euclidean.js'
import { hogPearson } from './hog-pearson.js'
import { hogSpearman } from './hog-spearman.js'
import { pearson } from './pearson.js'
import { spearman } from './spearman.js'
import { spearmanNonzero } from './spearman-nonzero.js'
import { spearmanNonzeroEither } from './spearman-nonzero-either.js'
import { ssimGaussian } from './ssim-gaussian.js'
import { ssimUniform } from './ssim-uniform.js'
import { top10Percent, top1Percent, top5Percent } from './top-intersection.js'

/** Every similarity of maps by name. */
export const similarities = createRegistry('similarity', [
  spearman,
  spearmanNonzero,
  spearmanNonzeroEither,
  pearson,
  cosine,
  euclidean,
  ssimUniform,
  ssimGaussian,
  hogPearson,
  hogSpearman,
  top1Percent,
  top5Percent,
  top10Percent
])
