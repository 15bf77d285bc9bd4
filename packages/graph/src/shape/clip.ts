import type { Infer } from '../facts.js'
import { optionalScalar } from '../operands.js'
import { likeFirst } from './elementwise.js'

/** Clip: bounds are constants, each one number. */
export const inferClip: Infer = (operands) => {
  for (const bound of [1, 2]) optionalScalar(operands, bound)
  return likeFirst(operands)
}
