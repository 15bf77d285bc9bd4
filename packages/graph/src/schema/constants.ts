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
import { define, int, ints, type Definition } from './schema.js'

const none = { derivative: 'none' } as const
const tensor = { value: { kind: 'tensor' } } as const

/** Operators that make constants; none of them is left in a specialised model. */
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
  define('NonZero', [1, 1], { ...none, infer: inferNonZero, evaluate: evaluateNonZero })
]
