import { averagePoolWindows, maxPoolWindows } from '../geometry/pooling.js'
import { globalMeanWindows, globalWindows } from '../geometry/reduction.js'
import { inferConv, inferConvTranspose } from '../shape/convolution.js'
import { inferGemm, inferMatMul } from '../shape/matrix.js'
import { inferAveragePool, inferGlobalPool, inferMaxPool } from '../shape/pooling.js'
import { define, float, int, ints, required, text, type Definition } from './schema.js'

const sliding = { auto_pad: text('NOTSET'), dilations: ints(), kernel_shape: ints(), pads: ints(), strides: ints() }
export const pooling = { ...sliding, kernel_shape: required('ints'), ceil_mode: int(0) }

/** Convolutions, dense layers and pooling. */
export const layers: readonly Definition[] = [
  define('Conv', [2, 3], { attributes: { ...sliding, group: int(1) }, infer: inferConv }),
  define('ConvTranspose', [2, 3], {
    attributes: { ...sliding, group: int(1), output_padding: ints(), output_shape: ints() },
    infer: inferConvTranspose
  }),
  define('Gemm', [2, 3], {
    attributes: { alpha: float(1), beta: float(1), transA: int(0), transB: int(0) },
    infer: inferGemm
  }),
  define('MatMul', [2, 2], { infer: inferMatMul }),
  define('MaxPool', [1, 1], {
    outputs: [1, 2],
    attributes: { ...pooling, storage_order: int(0) },
    infer: inferMaxPool,
    extreme: maxPoolWindows,
    note: 'the first maximum in scan order takes everything'
  }),
  define('AveragePool', [1, 1], {
    attributes: { ...pooling, count_include_pad: int(0) },
    infer: inferAveragePool,
    linear: averagePoolWindows
  }),
  define('GlobalAveragePool', [1, 1], { infer: inferGlobalPool, linear: globalMeanWindows }),
  define('GlobalMaxPool', [1, 1], {
    infer: inferGlobalPool,
    extreme: globalWindows,
    note: 'the first maximum in scan order takes everything'
  })
]
