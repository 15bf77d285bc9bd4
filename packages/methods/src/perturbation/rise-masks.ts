import type { Random } from '@agon/core'
import type { Planes } from './planes.js'

/** Masks that are drawn on a coarse grid and interpolated: `count` of them, each a value in 0 .. 1 for every position. */
export interface SmoothMasks {
  /** Writes mask k, a value for every position of a plane. */
  write(k: number, into: Float32Array): void
  /** sum over k of weights[k] mask_k, for every position. */
  weightedSum(weights: Float64Array): Float64Array
}

/** Bytes of the masks of an example. */
export function maskBytes(cells: number, count: number): number {
  return count * ((cells + 2) ** 2 + 8)
}

/**
 * Masks as in RISE: nodes are `cellHeight` x `cellWidth` positions apart, `cells` of these spacings span an axis; every node is 1 with the given probability, else 0;
 * the whole is shifted by 0 .. spacing - 1 positions along each axis; between nodes it is interpolated bilinearly. There are nodes beyond the borders, so that a mask is
 * `probability` on average at every position. Mask k is drawn from the stream `randomOf(k)`.
 */
export function smoothMasks(
  { height, width }: Planes,
  cells: number,
  probability: number,
  count: number,
  randomOf: (k: number) => Random
): SmoothMasks {
  const [stepY, stepX] = [Math.ceil(height / cells), Math.ceil(width / cells)]
  const side = cells + 2
  const nodes = new Uint8Array(count * side * side)
  const [shiftY, shiftX] = [new Int32Array(count), new Int32Array(count)]
  for (let k = 0; k < count; k++) {
    const random = randomOf(k)
    shiftY[k] = random.integer(stepY)
    shiftX[k] = random.integer(stepX)
    for (let i = k * side * side; i < (k + 1) * side * side; i++) nodes[i] = random.uniform() < probability ? 1 : 0
  }
  return {
    write(k, into) {
      for (let y = 0; y < height; y++) {
        const row = Math.floor((y + shiftY[k]!) / stepY)
        const down = ((y + shiftY[k]!) % stepY) / stepY
        for (let x = 0; x < width; x++) {
          const column = Math.floor((x + shiftX[k]!) / stepX)
          const right = ((x + shiftX[k]!) % stepX) / stepX
          const at = (k * side + row) * side + column
          const above = nodes[at]! + right * (nodes[at + 1]! - nodes[at]!)
          const below = nodes[at + side]! + right * (nodes[at + side + 1]! - nodes[at + side]!)
          into[y * width + x] = above + down * (below - above)
        }
      }
    },
    // A mask is a sum of tents, one on every node that is 1. So the weights are summed at the nodes, and one tent is laid over all.
    weightedSum(weights) {
      const canvas = new Float64Array(side * stepY * side * stepX)
      for (let k = 0; k < count; k++) {
        for (let row = 0; row < side; row++) {
          const from = (row * stepY - shiftY[k]! + stepY - 1) * side * stepX + stepX - 1 - shiftX[k]!
          for (let column = 0; column < side; column++) {
            if (nodes[(k * side + row) * side + column] === 0) continue
            const at = from + column * stepX
            canvas[at] = canvas[at]! + weights[k]!
          }
        }
      }
      return tents(canvas, side * stepX, [height, width], [stepY, stepX])
    }
  }
}

/**
 * Lays a tent over every value of a canvas whose first position is step - 1 before that of the result: along an axis,
 * sum over t of (1 - |t| / step) canvas[p + step - 1 + t], which is two sliding sums of `step` values over step.
 */
function tents(
  canvas: Float64Array,
  columns: number,
  [height, width]: readonly [number, number],
  [stepY, stepX]: readonly [number, number]
): Float64Array {
  const kept = columns - 2 * (stepX - 1)
  const across = slidAcross(slidAcross(canvas, columns, stepX), columns - stepX + 1, stepX)
  const both = slidDown(slidDown(across, kept, stepY), kept, stepY)
  const sum = new Float64Array(height * width)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) sum[y * width + x] = both[y * kept + x]! / (stepY * stepX)
  }
  return sum
}

/** Of every row the sums of `length` neighbours. */
function slidAcross(data: Float64Array, columns: number, length: number): Float64Array {
  const kept = columns - length + 1
  const sums = new Float64Array((data.length / columns) * kept)
  for (let from = 0, to = 0; from < data.length; from += columns, to += kept) {
    let sum = 0
    for (let x = 0; x < columns; x++) {
      sum += data[from + x]! - (x >= length ? data[from + x - length]! : 0)
      if (x >= length - 1) sums[to + x - length + 1] = sum
    }
  }
  return sums
}

/** Of every column the sums of `length` neighbours. */
function slidDown(data: Float64Array, columns: number, length: number): Float64Array {
  const sums = new Float64Array(data.length - (length - 1) * columns)
  for (let i = 0; i < length * columns; i++) sums[i % columns] = sums[i % columns]! + data[i]!
  for (let i = columns; i < sums.length; i++) {
    sums[i] = sums[i - columns]! + data[i + (length - 1) * columns]! - data[i - columns]!
  }
  return sums
}
