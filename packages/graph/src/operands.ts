import type { Constant } from '@agon/core'
import { badNode, unsupportedNode } from './errors.js'
import type { Operand, Operands } from './facts.js'

/** Input i. Throws AGON_BAD_MODEL if it is absent. */
export function input(operands: Operands, i: number): Operand {
  const operand = operands.inputs[i]
  if (operand !== undefined) return operand
  throw badNode(operands.node, `input ${i}`, { expected: 'a value', found: 'none' })
}

/** The inputs that are present. */
export function present({ inputs }: Operands): readonly Operand[] {
  return inputs.filter((operand) => operand !== undefined)
}

/** Input i as a constant, `undefined` if it is absent. Throws AGON_UNSUPPORTED_OPERATOR if it is computed from the model's input. */
export function optionalConstant(operands: Operands, i: number): Constant | undefined {
  const operand = operands.inputs[i]
  if (operand === undefined) return undefined
  if (operand.constant !== undefined) return operand.constant
  throw unsupportedNode(operands.node, `input ${i} ('${operand.name}')`, {
    expected: 'a constant',
    found: "a value that depends on the model's input",
    remedy: 'Shapes must not depend on data: export the model with static shapes.'
  })
}

/** Input i as a list of whole numbers, `undefined` if it is absent. */
export function optionalIntegers(operands: Operands, i: number): readonly number[] | undefined {
  const constant = optionalConstant(operands, i)
  if (constant === undefined) return undefined
  if (constant.dtype === 'int64' && constant.shape.length <= 1) return [...constant.data]
  throw badNode(operands.node, `input ${i}`, {
    expected: 'a list of int64',
    found: `${constant.dtype} of rank ${constant.shape.length}`
  })
}

/** Input i as a list of whole numbers. Throws AGON_BAD_MODEL if it is absent. */
export function integers(operands: Operands, i: number): readonly number[] {
  input(operands, i)
  return optionalIntegers(operands, i)!
}

/** Input i as one number, `undefined` if it is absent or empty. */
export function optionalScalar(operands: Operands, i: number): number | undefined {
  const constant = optionalConstant(operands, i)
  if (constant === undefined || constant.data.length === 0) return undefined
  if (constant.data.length === 1) return constant.data[0]
  throw badNode(operands.node, `input ${i}`, { expected: 'one number', found: `${constant.data.length}` })
}
