import { createRandom } from '@agon/core'
import type { Examples } from '../src/index.js'

/** An idx file of bytes. */
export function idx(shape: readonly number[], values: readonly number[] | Uint8Array): Uint8Array {
  const extents = shape.flatMap((extent) => [extent >>> 24, (extent >>> 16) & 255, (extent >>> 8) & 255, extent & 255])
  return Uint8Array.from([0, 0, 8, shape.length, ...extents, ...values])
}

/** Pictures `[count, 1, side, side]` of noise with a brighter row for label 1, which a net can learn. */
export function noisyRows(count: number, side: number, seed = 0): Examples {
  const random = createRandom(seed)
  const labels = Array.from({ length: count }, (_, n) => n % 2)
  const values = Uint8Array.from({ length: count * side * side }, (_, i) => {
    const row = Math.floor(i / side) % side
    const bright = row === 1 && labels[Math.floor(i / (side * side))] === 1
    return (bright ? 150 : 0) + random.integer(100)
  })
  return { shape: [count, 1, side, side], values, labels }
}
