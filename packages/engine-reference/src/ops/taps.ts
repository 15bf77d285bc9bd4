import type { Values } from './operator.js'

/**
 * Two sides joined by a kernel: rows [channelsA, rows] and positions [channelsB, positions]; row r touches position[k]
 * through tap[k], k in offsets[r]..offsets[r+1]-1. Weights are w [channelsA, channelsB / groups, taps]. A convolution reads
 * positions and writes rows; a transposed one reads rows and writes positions.
 */
export interface Taps {
  readonly groups: number
  readonly channelsA: number
  readonly channelsB: number
  readonly rows: number
  readonly positions: number
  readonly taps: number
  readonly offsets: Int32Array
  readonly position: Int32Array
  readonly tap: Int32Array
}

/** a[ca,r] += sum over cb, k of b[cb, position[k]] w[ca, cb, tap[k]] */
export function gatherTaps(taps: Taps, a: Values, b: Values, w: Values): void {
  const { rows, offsets, position, tap } = taps
  eachKernel(taps, (fromA, fromB, fromW) => {
    for (let r = 0; r < rows; r++) {
      let sum = 0
      for (let k = offsets[r]!; k < offsets[r + 1]!; k++) sum += b[fromB + position[k]!]! * w[fromW + tap[k]!]!
      a[fromA + r] = a[fromA + r]! + sum
    }
  })
}

/** b[cb, position[k]] += sum over ca, r of a[ca,r] w[ca, cb, tap[k]] */
export function scatterTaps(taps: Taps, a: Values, b: Values, w: Values): void {
  const { rows, offsets, position, tap } = taps
  eachKernel(taps, (fromA, fromB, fromW) => {
    for (let r = 0; r < rows; r++) {
      const value = a[fromA + r]!
      if (value === 0) continue
      for (let k = offsets[r]!; k < offsets[r + 1]!; k++) {
        const at = fromB + position[k]!
        b[at] = b[at]! + value * w[fromW + tap[k]!]!
      }
    }
  })
}

/** w[ca, cb, tap[k]] += sum over r, k of a[ca,r] b[cb, position[k]] */
export function weightTaps(taps: Taps, a: Values, b: Values, w: Values): void {
  const { rows, offsets, position, tap } = taps
  eachKernel(taps, (fromA, fromB, fromW) => {
    for (let r = 0; r < rows; r++) {
      for (let k = offsets[r]!; k < offsets[r + 1]!; k++) {
        const at = fromW + tap[k]!
        w[at] = w[at]! + a[fromA + r]! * b[fromB + position[k]!]!
      }
    }
  })
}

/** Calls `see` with where channel ca, channel cb and their kernel begin, for every pair of one group. */
function eachKernel(taps: Taps, see: (fromA: number, fromB: number, fromW: number) => void): void {
  const { groups, channelsA, channelsB, rows, positions } = taps
  const [a, b] = [channelsA / groups, channelsB / groups]
  for (let ca = 0; ca < channelsA; ca++) {
    const group = Math.floor(ca / a)
    for (let j = 0; j < b; j++) see(ca * rows, (group * b + j) * positions, (ca * b + j) * taps.taps)
  }
}
