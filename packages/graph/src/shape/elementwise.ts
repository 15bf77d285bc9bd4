import { badNode } from '../errors.js'
import type { Infer, Operands } from '../facts.js'
import { input } from '../operands.js'

/** One output like the first input. */
export const likeFirst: Infer = (operands) => {
  const { shape, dtype } = input(operands, 0)
  return [{ shape, dtype }]
}

/** One truth value for every element of the first input. */
export const boolLikeFirst: Infer = (operands) => [{ shape: input(operands, 0).shape, dtype: 'bool' }]

/** Throws AGON_BAD_MODEL unless input i has the given rank or more. */
export function needRank(operands: Operands, i: number, least: number): void {
  const { shape } = input(operands, i)
  if (shape.length >= least) return
  throw badNode(operands.node, `input ${i}`, { expected: `rank ${least} or more`, found: `rank ${shape.length}` })
}
