import { globalWindows } from '../geometry/reduction.js'
import { maxPoolWindows } from '../geometry/pooling.js'
import { inferGlobalLogSumExpPool, inferLogSumExpPool, inferSoftclip } from '../shape/smooth.js'
import { standardGlobalLogSumExpPool, standardLogSumExpPool, standardSoftclip } from '../passes/smooth-standards.js'
import { pooling } from './layers.js'
import { define, float, int, required, type Definition } from './schema.js'

const temperature = { temperature: required('float'), mean: int(0) }

/**
 * Operators of our own that stand for others with their corners rounded.
 * Softclip: clamp(x, min, max) + (log1p(e^(-beta |x - min|)) - log1p(e^(-beta |x - max|))) / beta, which is min + softplus(x - min) -
 * softplus(x - max) with softplus(x) = log(1 + e^(beta x)) / beta; an absent bound is infinite.
 * LogSumExpPool: log(sum over the window of e^(t x)) / t, with `mean` the mean in place of the sum; padding never counts.
 */
export const smoothOperators: readonly Definition[] = [
  define('Softclip', [1, 1], {
    domain: 'agon',
    attributes: { beta: required('float'), min: float(), max: float() },
    infer: inferSoftclip,
    standard: standardSoftclip
  }),
  define('LogSumExpPool', [1, 1], {
    domain: 'agon',
    attributes: { ...pooling, ...temperature },
    infer: inferLogSumExpPool,
    extreme: maxPoolWindows,
    standard: standardLogSumExpPool
  }),
  define('GlobalLogSumExpPool', [1, 1], {
    domain: 'agon',
    attributes: temperature,
    infer: inferGlobalLogSumExpPool,
    extreme: globalWindows,
    standard: standardGlobalLogSumExpPool
  })
]
