import {
  inferBatchNormalization,
  inferChannelNormalization,
  inferLayerNormalization,
  inferLrn,
  inferSoftmax
} from '../shape/normalization.js'
import { define, float, int, required, type Definition } from './schema.js'

/** Normalisations: every element depends on a group of others. */
export const normalization: readonly Definition[] = [
  define('BatchNormalization', [5, 5], {
    outputs: [1, 3],
    attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: int(0) },
    infer: inferBatchNormalization
  }),
  define('InstanceNormalization', [3, 3], { attributes: { epsilon: float(1e-5) }, infer: inferChannelNormalization }),
  define('GroupNormalization', [3, 3], {
    attributes: { epsilon: float(1e-5), num_groups: required('int'), stash_type: int(1) },
    infer: inferChannelNormalization
  }),
  define('LayerNormalization', [2, 3], {
    outputs: [1, 3],
    attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
    infer: inferLayerNormalization
  }),
  define('LRN', [1, 1], {
    attributes: { alpha: float(1e-4), beta: float(0.75), bias: float(1), size: required('int') },
    infer: inferLrn
  }),
  define('Softmax', [1, 1], { attributes: { axis: int(-1) }, infer: inferSoftmax }),
  define('LogSoftmax', [1, 1], { attributes: { axis: int(-1) }, infer: inferSoftmax })
]
