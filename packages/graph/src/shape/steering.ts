import { badNode, formatShapes } from '../errors.js'
import type { Infer } from '../facts.js'
import { input } from '../operands.js'

/** Like the first input, which the second one must be shaped like. */
export const inferThrough: Infer = (operands) => {
  const [value, path] = [input(operands, 0), input(operands, 1)]
  if (value.dtype !== path.dtype || value.shape.join() !== path.shape.join()) {
    throw badNode(operands.node, 'inputs', {
      expected: 'two of one shape and dtype',
      found: `${formatShapes([value.shape, path.shape])} of ${value.dtype} and ${path.dtype}`
    })
  }
  return [{ shape: value.shape, dtype: value.dtype }]
}
