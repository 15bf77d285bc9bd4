import { activations } from './ops/activations.js'
import { arithmetic } from './ops/arithmetic.js'
import { casting } from './ops/casting.js'
import { convolution } from './ops/convolution.js'
import { localResponses } from './ops/local-response.js'
import { lookup } from './ops/lookup.js'
import { products } from './ops/matmul.js'
import { normalizations } from './ops/normalization.js'
import type { OperatorTable } from './ops/operator.js'
import { pointwise } from './ops/pointwise.js'
import { pooling } from './ops/pooling.js'
import { rearranging } from './ops/rearranging.js'
import { resizing } from './ops/resize.js'
import { softmaxes } from './ops/softmax.js'
import { steering } from './ops/steering.js'

/** Every operator that this engine runs, by ONNX name. */
export const operators: OperatorTable = {
  ...activations,
  ...arithmetic,
  ...casting,
  ...convolution,
  ...localResponses,
  ...lookup,
  ...normalizations,
  ...pointwise,
  ...pooling,
  ...products,
  ...rearranging,
  ...resizing,
  ...softmaxes,
  ...steering
}
