import { copied } from '../fold/movement.js'
import { likeFirst } from '../shape/elementwise.js'
import { inferThrough } from '../shape/steering.js'
import { define, type Definition } from './schema.js'

type Given = Parameters<typeof define>[2]

const steering = (op: string, inputs: number, given: Given): Definition =>
  define(op, [inputs, inputs], { domain: 'agon', alias: true, evaluate: copied, derivative: 'steered', ...given })

/**
 * Operators of our own that pass a value on and send back something else than the derivative: with them a backward rule is a rewriting of
 * the model.
 */
export const steerings: readonly Definition[] = [
  steering('Detach', 1, { infer: likeFirst, derivative: 'zero', note: 'nothing goes back' }),
  steering('Through', 2, { infer: inferThrough, note: 'the cotangent goes to the second input unchanged' }),
  steering('Rectify', 1, { infer: likeFirst, note: 'max(cotangent, 0) goes back' })
]
