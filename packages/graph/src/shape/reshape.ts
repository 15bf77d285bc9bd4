import { sizeOf, type DType } from '@agon/core'
import { numberOf } from '../attributes.js'
import { normalAxes } from '../axes.js'
import { badNode, formatShapes, unsupportedNode } from '../errors.js'
import type { Infer, Operands, Shape } from '../facts.js'
import { input, integers, optionalIntegers, optionalScalar } from '../operands.js'

/** Reshape: 0 copies the extent (unless allowzero), one -1 takes what remains. */
export const inferReshape: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const wish = integers(operands, 1)
  const keepsZero = numberOf(operands, 'allowzero') !== 0
  const extents = wish.map((extent, axis) => (extent === 0 && !keepsZero ? shape[axis] : extent))
  const known = extents.reduce<number>((size, extent) => (extent === -1 ? size : size * (extent ?? NaN)), 1)
  const rest = sizeOf(shape) / known
  const result = extents.map((extent) => (extent === -1 ? rest : extent!))
  const free = extents.filter((extent) => extent === -1).length
  const valid = result.every((extent) => Number.isSafeInteger(extent) && extent >= 0)
  if (valid && free <= 1 && sizeOf(result) === sizeOf(shape)) return [{ shape: result, dtype }]
  throw badNode(operands.node, 'shape', {
    expected: `the ${sizeOf(shape)} elements of ${formatShapes([shape])}`,
    found: formatShapes([wish]),
    remedy: 'If the model was exported for a fixed batch, export it with batch 1 or a dynamic batch.'
  })
}

/** Flatten: everything before the axis, and everything from it on. */
export const inferFlatten: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const given = numberOf(operands, 'axis')
  const axis = given < 0 ? given + shape.length : given
  if (Number.isSafeInteger(axis) && axis >= 0 && axis <= shape.length) {
    return [{ shape: [sizeOf(shape.slice(0, axis)), sizeOf(shape.slice(axis))], dtype }]
  }
  throw badNode(operands.node, 'axis', { expected: `${-shape.length} to ${shape.length}`, found: `${given}` })
}

export const inferSqueeze: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const given = optionalIntegers(operands, 1)
  const axes = given && normalAxes(operands, given, shape.length)
  if (axes?.some((axis) => shape[axis] !== 1)) {
    throw badNode(operands.node, 'axes', {
      expected: 'axes of extent 1',
      found: `[${axes.join(',')}] of ${formatShapes([shape])}`
    })
  }
  return [{ shape: shape.filter((extent, axis) => (axes ? !axes.includes(axis) : extent !== 1)), dtype }]
}

export const inferUnsqueeze: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const given = integers(operands, 1)
  const rank = shape.length + given.length
  const axes = normalAxes(operands, given, rank)
  let next = 0
  const result: Shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : shape[next++]!))
  return [{ shape: result, dtype }]
}

/** Dropout as it runs after training: the identity. */
export const inferDropout: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  const training = optionalScalar(operands, 2)
  if (!training)
    return [
      { shape, dtype },
      { shape, dtype: 'bool' }
    ]
  throw unsupportedNode(operands.node, 'training_mode', {
    expected: 'false',
    found: 'true',
    remedy: 'Export the model in evaluation mode.'
  })
}

export const inferCast: Infer = (operands) => [{ shape: input(operands, 0).shape, dtype: castType(operands) }]

export const inferCastLike: Infer = (operands) => [{ shape: input(operands, 0).shape, dtype: input(operands, 1).dtype }]

/** ONNX element types: float 1, float16 10, double 11, bfloat16 16; bool 9; the integers 2 to 7, 12 and 13. */
const castTypes: Readonly<Record<number, DType>> = {
  1: 'float32',
  10: 'float32',
  11: 'float32',
  16: 'float32',
  9: 'bool',
  2: 'int64',
  3: 'int64',
  4: 'int64',
  5: 'int64',
  6: 'int64',
  7: 'int64',
  12: 'int64',
  13: 'int64'
}

function castType(operands: Operands): DType {
  const to = numberOf(operands, 'to')
  const dtype = castTypes[to]
  if (dtype !== undefined) return dtype
  throw unsupportedNode(operands.node, "attribute 'to'", {
    expected: 'a type of numbers or bool',
    found: `ONNX type ${to}`
  })
}
