import type { Random } from '@agon/core'

/**
 * Pixels from the largest score to the smallest. Equal ones come in an order drawn from `random`: the many zeros that a competition leaves would else be taken
 * row by row, and a picture's layout would count as the map's merit.
 */
export function ranking(scores: ArrayLike<number>, random: Random): number[] {
  return random.permutation(scores.length).sort((a, b) => scores[b]! - scores[a]!)
}

/** The pieces of an order between these places, the first of which begins at 0. */
export function cutAt(order: readonly number[], ends: readonly number[]): number[][] {
  return ends.map((end, i) => order.slice(i === 0 ? 0 : ends[i - 1], end))
}

/** The ends of this many pieces of nearly the same size, at most as many as there are pixels. */
export function evenEnds(count: number, pieces: number): number[] {
  const actual = Math.min(pieces, count)
  return Array.from({ length: actual }, (_, k) => Math.round(((k + 1) * count) / actual))
}
