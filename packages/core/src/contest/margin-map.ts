import type { PerExample } from '../engine.js'
import type { Tensor } from '../tensor.js'
import { mapsOf } from './competitive-map.js'
import type { Contest } from './contest.js'

/**
 * The margin-weighted maps of contenders y (an extension of Agon), `[L, N, ...map]`: every score that the strict competition keeps, times the share of it by which
 * it was won,
 *
 *     M_y(i) = h_y(i) (|h_y(i)| - r(i)) / |h_y(i)|,    r(i) = max(0, max over c != y of h_c(i))   where h_y(i) > 0 wins
 *                                                      r(i) = max(0, max over c != y of -h_c(i))  where h_y(i) < 0 wins
 *
 * which is the lead over the runner-up with the sign of the score; 0 where nothing was won. It is computed as the lead, rounded once.
 */
export function marginMap(contest: Contest, contenders: PerExample): Tensor {
  const { best, bestLabel, runnerUp, worst, worstLabel, runnerDown } = contest
  return mapsOf(contest, contenders, (_, contender) => (at) => {
    if (bestLabel[at] === contender && best[at]! > 0) return best[at]! - Math.max(runnerUp[at]!, 0)
    if (worstLabel[at] === contender && worst[at]! < 0) return worst[at]! - Math.min(runnerDown[at]!, 0)
    return 0
  })
}
