import { badNode, formatShapes } from '../errors.js'
import type { Infer, Operand, Operands, Shape } from '../facts.js'
import { input, present } from '../operands.js'

/** The shape that several shapes broadcast to (numpy's rule). Throws AGON_BAD_MODEL if they do not. */
export function broadcastShape(operands: Operands, shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map(({ length }) => length))
  return Array.from({ length: rank }, (_, axis) => {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)
    const extent = extents.find((size) => size !== 1) ?? 1
    if (extents.every((size) => size === 1 || size === extent)) return extent
    throw badNode(operands.node, 'inputs', { expected: 'shapes that broadcast', found: formatShapes(shapes) })
  })
}

/** All inputs broadcast against each other; the output has their dtype. */
export const broadcastAll: Infer = (operands) => {
  const inputs = present(operands)
  return [
    {
      shape: broadcastShape(
        operands,
        inputs.map(({ shape }) => shape)
      ),
      dtype: commonType(operands, inputs)
    }
  ]
}

/** All inputs broadcast against each other; the output is bool. */
export const broadcastToBool: Infer = (operands) => [{ ...broadcastAll(operands)[0]!, dtype: 'bool' }]

/** Pow: the exponent may have another dtype than the base, which is the output's. */
export const broadcastPow: Infer = (operands) => {
  const [base, exponent] = [input(operands, 0), input(operands, 1)]
  return [{ shape: broadcastShape(operands, [base.shape, exponent.shape]), dtype: base.dtype }]
}

/** Where: a condition and two branches. */
export const broadcastWhere: Infer = (operands) => {
  const [condition, yes, no] = [input(operands, 0), input(operands, 1), input(operands, 2)]
  if (condition.dtype !== 'bool') {
    throw badNode(operands.node, 'condition', { expected: 'bool', found: condition.dtype })
  }
  const shape = broadcastShape(operands, [condition.shape, yes.shape, no.shape])
  return [{ shape, dtype: commonType(operands, [yes, no]) }]
}

/** PRelu: the slope broadcasts to the input and not the other way round. */
export const broadcastSlope: Infer = (operands) => {
  const [x, slope] = [input(operands, 0), input(operands, 1)]
  const shape = broadcastShape(operands, [x.shape, slope.shape])
  if (shape.length === x.shape.length && shape.every((extent, axis) => extent === x.shape[axis])) {
    return [{ shape: x.shape, dtype: x.dtype }]
  }
  throw badNode(operands.node, 'slope', {
    expected: 'a shape that broadcasts to the input',
    found: formatShapes([slope.shape])
  })
}

function commonType(operands: Operands, inputs: readonly Operand[]): Operand['dtype'] {
  const dtype = inputs[0]!.dtype
  if (inputs.every((operand) => operand.dtype === dtype)) return dtype
  const found = inputs.map((operand) => `${operand.dtype} '${operand.name}'`).join(' and ')
  throw badNode(operands.node, 'inputs', { expected: 'one dtype', found })
}
