import {
  evaluateConstant,
  evaluateConstantOfShape,
  evaluateNonZero,
  evaluateRange,
  evaluateShape,
  evaluateSize,
  inferConstant,
  inferConstantOfShape,
  inferNonZero,
  inferRange,
  inferShape,
  inferSize
} from '../fold/make.js'
import {
  evaluateCumSum,
  evaluateDequantize,
  evaluateScatterNd,
  evaluateTrilu,
  inferDequantize,
  inferScatterNd,
  inferTrilu
} from '../fold/data.js'
import { likeFirst } from '../shape/elementwise.js'
import { define, int, ints, text, type Definition } from './schema.js'

const none = { derivative: 'none' } as const
const tensor = { value: { kind: 'tensor' } } as const

/** Operators that are only evaluated on constants (or on shapes); none of them is left in a specialised model. */
export const constantMakers: readonly Definition[] = [
  define('Constant', [0, 0], {
    ...none,
    attributes: {
      ...tensor,
      value_float: { kind: 'float' },
      value_floats: { kind: 'floats' },
      value_int: int(),
      value_ints: ints()
    },
    infer: inferConstant,
    evaluate: evaluateConstant
  }),
  define('ConstantOfShape', [1, 1], {
    ...none,
    attributes: tensor,
    infer: inferConstantOfShape,
    evaluate: evaluateConstantOfShape
  }),
  define('Shape', [1, 1], {
    ...none,
    attributes: { start: int(0), end: int() },
    infer: inferShape,
    evaluate: evaluateShape,
    ofShapes: true
  }),
  define('Size', [1, 1], { ...none, infer: inferSize, evaluate: evaluateSize, ofShapes: true }),
  define('Range', [3, 3], { ...none, infer: inferRange, evaluate: evaluateRange }),
  define('NonZero', [1, 1], { ...none, infer: inferNonZero, evaluate: evaluateNonZero }),
  define('CumSum', [2, 2], {
    ...none,
    attributes: { exclusive: int(0), reverse: int(0) },
    infer: likeFirst,
    evaluate: evaluateCumSum
  }),
  define('Trilu', [1, 2], { ...none, attributes: { upper: int(1) }, infer: inferTrilu, evaluate: evaluateTrilu }),
  define('DequantizeLinear', [2, 3], {
    ...none,
    attributes: { axis: int(1), block_size: int(0) },
    infer: inferDequantize,
    evaluate: evaluateDequantize
  }),
  define('ScatterND', [3, 3], {
    ...none,
    attributes: { reduction: text('none') },
    infer: inferScatterNd,
    evaluate: evaluateScatterNd
  })
]
