import { AgonError } from '@agon/core'
import type { Instruction } from './addon.js'
import { kinds, type Kind } from './kinds.js'
import type { Lowered } from './lower/builder.js'

/** Kinds of instructions with gradients by what they compute from; Conv, MatMul and Binary have them by parameters as well. */
const learned: readonly Kind[] = ['Alias', 'Gather', 'Concat', 'Sum', 'Max', 'Unary', 'Affine']

/**
 * Throws AGON_UNSUPPORTED_OPERATOR naming every node that the learners of the native engines cannot fit: of another operator, a product of two values, a convolution by computed
 * weights, one that reads `parameters` (values) in another way than layers do.
 */
export function assertLearned({ program, origins }: Lowered, parameters: ReadonlySet<number>): void {
  const isConstant = (value: number): boolean => program.constants[value] !== null
  const fits = ({ kind, inputs }: Instruction): boolean => {
    switch (kinds[kind]!) {
      case 'Binary':
        return true
      case 'Conv':
        return !isConstant(inputs[0]!) && inputs.subarray(1).every(isConstant)
      case 'MatMul':
        return isConstant(inputs[0]!) !== isConstant(inputs[1]!)
      default:
        return learned.includes(kinds[kind]!) && !inputs.some((value) => parameters.has(value))
    }
  }
  const bad = program.instructions.flatMap((instruction, i) =>
    fits(instruction) ? [] : [`${origins[i]!.op} node '${origins[i]!.node}'`]
  )
  if (bad.length === 0) return
  throw new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: 'learner of the native engines',
    expected: 'operators that they fit (see their README)',
    found: [...new Set(bad)].join(', '),
    remedy: 'Fit the model on the reference engine, or without these nodes.'
  })
}
