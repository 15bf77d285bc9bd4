import type { Multiplier } from './engine.js'
import type { Method } from './method.js'

/**
 * What a method's values have been multiplied by: what it says, or what its pass shows; relevances count the input's values as gradient (.) input does.
 * `undefined` for a program that does not say.
 */
export function multiplierOf({ multiplier, pass }: Method): Multiplier | undefined {
  if (multiplier !== undefined || pass === undefined) return multiplier
  if (pass.multiply !== 'none') return pass.multiply
  return pass.rules?.carries === 'relevance' ? 'input' : 'none'
}
