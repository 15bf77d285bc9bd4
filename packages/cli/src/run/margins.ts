import { sizeOf, type Contest } from 'agon'

/** By how much the elements of a competitive map were won, in the map's units. */
export interface Margins {
  /** Won elements. */
  readonly won: number
  readonly min: number
  readonly median: number
  readonly max: number
}

/**
 * Margins of example n over the elements that its map keeps: above the second largest value (or 0, whichever is larger)
 * where the score is positive, below the second smallest (or 0) where it is negative. Undefined if nothing was won.
 */
export function marginsOf(contest: Contest, map: Float32Array, n: number): Margins | undefined {
  const size = sizeOf(contest.shape.slice(1))
  const found: number[] = []
  for (let i = 0; i < size; i++) {
    const at = n * size + i
    if (map[at]! > 0) found.push(contest.best[at]! - Math.max(contest.runnerUp[at]!, 0))
    if (map[at]! < 0) found.push(Math.min(contest.runnerDown[at]!, 0) - contest.worst[at]!)
  }
  if (found.length === 0) return undefined
  found.sort((a, b) => a - b)
  return { won: found.length, min: found[0]!, median: median(found), max: found.at(-1)! }
}

/** Of sorted values; the mean of the two in the middle where their number is even. */
function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
