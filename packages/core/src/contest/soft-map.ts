import type { PerExample } from '../engine.js'
import { AgonError } from '../error.js'
import type { Tensor } from '../tensor.js'
import type { Contest } from './contest.js'
import { mapsOf, ownMap } from './competitive-map.js'
import { weight } from './soft-fold.js'

/**
 * The soft competitive maps of contenders y (an extension of Agon), `[L, N, ...map]`: in place of all or nothing, y keeps of every score the share that
 * a softmax of temperature T gives it among the scores of the same sign,
 *
 *     S_y(i) = h_y(i) exp(|h_y(i)| / T) / sum over c with h_c(i) h_y(i) > 0 of exp(|h_c(i)| / T),    0 where h_y(i) = 0
 *
 * The shares of one sign add up to 1 wherever a score has that sign. T -> 0 is the strict competition, but for ties, which share evenly. Needs
 * a contest with `shares` that kept the own maps of y; throws AGON_BAD_INPUT else.
 */
export function softMap(contest: Contest, contenders: PerExample): Tensor {
  const { shares, best, worst } = contest
  if (shares === undefined) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'soft competitive map',
      expected: 'a contest that was run with a temperature',
      found: 'a strict one'
    })
  }
  return mapsOf(contest, contenders, (n, contender) => {
    const own = ownMap(contest, n, contender)
    const temperature = shares.temperature[n]!
    return (at) => {
      const value = own[at]!
      if (value > 0) return kept((value * weight(value, best[at]!, temperature)) / shares.above[at]!)
      return value < 0 ? kept((value * weight(-value, -worst[at]!, temperature)) / shares.below[at]!) : 0
    }
  })
}

/** No zero has a sign. */
function kept(value: number): number {
  return Math.fround(value) === 0 ? 0 : value
}
