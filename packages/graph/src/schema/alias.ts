import { evaluateCast } from '../fold/cast.js'
import { copied } from '../fold/movement.js'
import { likeFirst } from '../shape/elementwise.js'
import {
  inferCast,
  inferCastLike,
  inferDropout,
  inferFlatten,
  inferReshape,
  inferSqueeze,
  inferUnsqueeze
} from '../shape/reshape.js'
import { define, int, required, type Definition } from './schema.js'

type Given = Parameters<typeof define>[2]

const alias = (op: string, inputs: readonly [number, number], given: Given): Definition =>
  define(op, inputs, { alias: true, evaluate: copied, ...given })

/** ONNX numbers of float32, float16, float64 and bfloat16. */
const floatTypes = [1, 10, 11, 16]

/** Same elements, same order; Cast only between kinds that keep the number. */
export const aliases: readonly Definition[] = [
  alias('Identity', [1, 1], { infer: likeFirst }),
  alias('Reshape', [2, 2], { attributes: { allowzero: int(0) }, infer: inferReshape }),
  alias('Flatten', [1, 1], { attributes: { axis: int(1) }, infer: inferFlatten }),
  alias('Squeeze', [1, 2], { infer: inferSqueeze }),
  alias('Unsqueeze', [2, 2], { infer: inferUnsqueeze }),
  alias('Dropout', [1, 3], { outputs: [1, 2], attributes: { seed: int() }, infer: inferDropout }),
  define('Cast', [1, 1], {
    attributes: { to: required('int'), saturate: int(1) },
    infer: inferCast,
    evaluate: evaluateCast,
    derivativeOf: ({ attributes: { to } }) => (floatTypes.includes(Number(to)) ? 'exact' : 'zero'),
    note: '0 where it casts to an integer or to bool'
  }),
  define('CastLike', [2, 2], {
    attributes: { saturate: int(1) },
    infer: inferCastLike,
    evaluate: evaluateCast,
    note: '0 where it casts to an integer or to bool'
  })
]
