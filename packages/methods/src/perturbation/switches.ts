import type { Segments } from './segments.js'

/** One example, what takes the place of its values, and its segments. */
export interface Switchable {
  readonly x: Float32Array
  readonly fill: Float32Array
  readonly segments: Segments
}

/** Writes the example with those of its segments that are on, and the fill in the others; `on` is 1 or 0 for every segment. */
export function writeSwitched({ x, fill, segments: { ids } }: Switchable, on: Uint8Array, into: Float32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = on[ids[i]!] === 1 ? x[i]! : fill[i]!
}

/** What every element of a segment gets: all of the segment's number (`'whole'`), or its share, so that the map adds up to the numbers (`'divided'`). */
export type Spread = 'divided' | 'whole'

/** Writes the numbers of the segments into their elements. */
export function spreadOver({ count, ids }: Segments, numbers: Float64Array, spread: Spread, into: Float32Array): void {
  const each = numbers.slice()
  if (spread === 'divided') {
    const sizes = new Float64Array(count)
    for (const id of ids) sizes[id] = sizes[id]! + 1
    for (let id = 0; id < count; id++) each[id] = each[id]! / sizes[id]!
  }
  for (let i = 0; i < into.length; i++) into[i] = each[ids[i]!]!
}
