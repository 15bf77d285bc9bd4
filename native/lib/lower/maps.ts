import { sizeOf } from '@agon/core'
import { broadcastMap } from '@agon/graph'

const none = new Int32Array()

/** Which element of `from` each element of `to` reads; the empty table where they are the same. */
export function readMap(from: readonly number[], to: readonly number[]): Int32Array {
  return broadcastMap(from, to) ?? none
}

/** The same as a full table. */
export function fullMap(from: readonly number[], to: readonly number[]): Int32Array {
  return broadcastMap(from, to) ?? Int32Array.from({ length: sizeOf(to) }, (_, e) => e)
}

/** The index along `axis` of each element of a shape, row-major. */
export function axisMap(shape: readonly number[], axis: number): Int32Array {
  const inner = sizeOf(shape.slice(axis + 1))
  const extent = shape[axis]!
  return Int32Array.from({ length: sizeOf(shape) }, (_, e) => Math.floor(e / inner) % extent)
}
