import type { PerExample } from '../engine.js'
import { AgonError } from '../error.js'
import { sizeOf, type Tensor } from '../tensor.js'
import type { Contest } from './contest.js'

/** What happens to an element where another label has exactly the same value: nobody wins it, or every one of them does. */
export type Ties = 'lose' | 'keep'

/**
 * The competitive maps of labels y, `[L, N, ...map]` (Gupta & Arora 2019, arXiv 1905.12152):
 *
 *     C_y(i) = h_y(i)  if h_y(i) > 0 and h_y(i) > max over c != y of h_c(i)
 *            = h_y(i)  if h_y(i) < 0 and h_y(i) < min over c != y of h_c(i)
 *            = 0       otherwise
 *
 * Kept values are the base map's, bit for bit; the rest is exactly 0. `ties: 'keep'` (>= and <=) needs the labels' own
 * maps in the contest. Throws AGON_BAD_INPUT for a label that did not compete.
 */
export function competitiveMap(contest: Contest, labels: PerExample, ties: Ties = 'lose'): Tensor {
  if (ties === 'lose') return filledMaps(contest, labels, (n, label, map) => fillStrictWins(contest, n, label, map))
  return mapsOf(contest, labels, (n, label) => sharedWins(contest, n, label))
}

/** Maps `[L, N, ...map]` of contenders, element by element: `valueOf` makes what gives them for one of example n. Throws AGON_BAD_INPUT for one that did not compete. */
export function mapsOf(
  contest: Contest,
  contenders: PerExample,
  valueOf: (n: number, contender: number) => (at: number) => number
): Tensor {
  return filledMaps(contest, contenders, (n, contender, map) => {
    const value = valueOf(n, contender)
    const from = n * map.length
    for (let i = 0; i < map.length; i++) map[i] = value(from + i)
  })
}

/** The same map by map: `fill` is given that of one contender of example n, which is 0. */
function filledMaps(
  contest: Contest,
  contenders: PerExample,
  fill: (n: number, contender: number, map: Float32Array) => void
): Tensor {
  const examples = contest.shape[0]!
  const size = sizeOf(contest.shape) / examples
  const count = contenders[0]!.length
  const data = new Float32Array(count * examples * size)
  contenders.forEach((ofExample, n) => {
    ofExample.forEach((contender, l) => {
      assertCompeted(contest, n, contender)
      const from = (l * examples + n) * size
      fill(n, contender, data.subarray(from, from + size))
    })
  })
  return { shape: [count, ...contest.shape], data }
}

function fillStrictWins(contest: Contest, n: number, label: number, map: Float32Array): void {
  const { best, bestLabel, runnerUp, worst, worstLabel, runnerDown } = contest
  const from = n * map.length
  for (let i = 0; i < map.length; i++) {
    const at = from + i
    if (bestLabel[at] === label && best[at]! > 0 && best[at]! > runnerUp[at]!) map[i] = best[at]!
    else if (worstLabel[at] === label && worst[at]! < 0 && worst[at]! < runnerDown[at]!) map[i] = worst[at]!
  }
}

function sharedWins(contest: Contest, n: number, label: number): (at: number) => number {
  const own = ownMap(contest, n, label)
  return (at) => {
    const value = own[at]!
    return (value > 0 && value >= contest.best[at]!) || (value < 0 && value <= contest.worst[at]!) ? value : 0
  }
}

/** The own map that a contest kept of a label, with those of all examples: as long as `best`. Throws AGON_BAD_INPUT if it kept none. */
export function ownMap(contest: Contest, n: number, label: number): Float32Array {
  const m = contest.mapLabels[n]!.indexOf(label)
  const total = sizeOf(contest.shape)
  if (m >= 0) return contest.maps.data.subarray(m * total, (m + 1) * total)
  throw new AgonError('AGON_BAD_INPUT', {
    what: `competitive map of label ${label} of this kind`,
    expected: 'a contest that kept the own map of that label',
    found: `maps of [${contest.mapLabels[n]!.join(', ')}]`,
    remedy: 'Name the label in `maps` when the contest is run.'
  })
}

function assertCompeted(contest: Contest, n: number, label: number): void {
  if (contest.labels[n]!.includes(label)) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: `competitive map of label ${label}`,
    expected: 'a label that competed',
    found: `${contest.labels[n]!.length} other labels`,
    remedy: 'Add the label to the competing labels.'
  })
}

/** Share of the elements that are not 0, in 0 .. 1. */
export function keptShare(map: Float32Array): number {
  let kept = 0
  for (const value of map) if (value !== 0) kept++
  return map.length === 0 ? 0 : kept / map.length
}
