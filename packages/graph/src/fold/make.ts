import { sizeOf, type Constant, type DType } from '@agon/core'
import { badNode } from '../errors.js'
import type { Evaluate, Infer, Operands } from '../facts.js'
import { input, integers, optionalConstant, optionalScalar } from '../operands.js'
import { isNumbers, isTensor, optionalNumber } from '../attributes.js'
import { needExtents } from '../shape/movement.js'

/** A constant of this dtype. float32 is rounded, bool is 0 or 1, int64 is held in float64. */
export function constantOf(dtype: DType, shape: readonly number[], values: ArrayLike<number>): Constant {
  if (dtype === 'float32')
    return { dtype, shape, data: values instanceof Float32Array ? values : Float32Array.from(values) }
  if (dtype === 'int64')
    return { dtype, shape, data: values instanceof Float64Array ? values : Float64Array.from(values) }
  return {
    dtype,
    shape,
    data: values instanceof Uint8Array ? values : Uint8Array.from(values, (value) => (value ? 1 : 0))
  }
}

/** The tensor that a Constant node states in one of ONNX's five ways. */
export function statedConstant(operands: Operands): Constant {
  const { value, value_float, value_floats, value_int, value_ints } = operands.attributes
  if (isTensor(value)) return value
  if (typeof value_float === 'number') return constantOf('float32', [], [value_float])
  if (typeof value_int === 'number') return constantOf('int64', [], [value_int])
  if (value_floats !== undefined && isNumbers(value_floats))
    return constantOf('float32', [value_floats.length], value_floats)
  if (value_ints !== undefined && isNumbers(value_ints)) return constantOf('int64', [value_ints.length], value_ints)
  throw badNode(operands.node, 'value', { expected: 'a tensor, a number or a list of numbers', found: 'none' })
}

export const inferConstant: Infer = (operands) => {
  const { shape, dtype } = statedConstant(operands)
  return [{ shape, dtype }]
}
export const evaluateConstant: Evaluate = (facts) => [statedConstant(facts).data]

export const inferConstantOfShape: Infer = (operands) => {
  const { value } = operands.attributes
  if (isTensor(value) && value.data.length !== 1) {
    throw badNode(operands.node, "attribute 'value'", { expected: 'one number', found: `${value.data.length}` })
  }
  return [{ shape: needExtents(operands, integers(operands, 0)), dtype: isTensor(value) ? value.dtype : 'float32' }]
}
export const evaluateConstantOfShape: Evaluate = ({ attributes: { value }, outputs }) => [
  new Float64Array(sizeOf(outputs[0]!.shape)).fill(isTensor(value) ? value.data[0]! : 0)
]

/** Shape of the first input, axes start..end-1. */
export function shapeSlice(operands: Operands): readonly number[] {
  return input(operands, 0).shape.slice(optionalNumber(operands, 'start') ?? 0, optionalNumber(operands, 'end'))
}
export const inferShape: Infer = (operands) => [{ shape: [shapeSlice(operands).length], dtype: 'int64' }]
export const evaluateShape: Evaluate = (facts) => [shapeSlice(facts)]

export const inferSize: Infer = () => [{ shape: [], dtype: 'int64' }]
export const evaluateSize: Evaluate = (facts) => [[sizeOf(input(facts, 0).shape)]]

/** start, start + delta, ... before limit. */
export const inferRange: Infer = (operands) => {
  const [start, limit, delta] = rangeBounds(operands)
  const length = Math.max(0, Math.ceil((limit - start) / delta))
  if (Number.isSafeInteger(length)) return [{ shape: [length], dtype: input(operands, 0).dtype }]
  throw badNode(operands.node, 'start, limit, delta', {
    expected: 'a finite range',
    found: `${start}, ${limit}, ${delta}`
  })
}
export const evaluateRange: Evaluate = (facts) => {
  const [start, , delta] = rangeBounds(facts)
  return [Float64Array.from({ length: facts.outputs[0]!.shape[0]! }, (_, i) => start + i * delta)]
}

function rangeBounds(operands: Operands): readonly [number, number, number] {
  const bound = (i: number): number => {
    input(operands, i)
    return optionalScalar(operands, i) ?? NaN
  }
  return [bound(0), bound(1), bound(2)]
}

/** Indices of the elements that are not zero, [rank, count]; only of a constant, because the count depends on the data. */
export const inferNonZero: Infer = (operands) => {
  input(operands, 0)
  const { shape, data } = optionalConstant(operands, 0)!
  let count = 0
  for (const value of data) if (value !== 0) count++
  return [{ shape: [shape.length, count], dtype: 'int64' }]
}
export const evaluateNonZero: Evaluate = (facts) => {
  const { shape, data } = optionalConstant(facts, 0)!
  const at = Array.from(data.keys()).filter((i) => data[i] !== 0)
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))
  return [steps.flatMap((step, axis) => at.map((i) => Math.floor(i / step) % shape[axis]!))]
}
