import { sizeOf } from '@agon/core'

const [taps, sigma] = [11, 5]
/** Samples of the Gaussian on either side: 4 sigma. */
const reach = 4 * sigma

/**
 * The Gaussian of RISE's insertion: 11 taps, sigma 5. A single 1 in the middle of 11 places is smoothed by a Gaussian cut at 4 sigma (20 places), and what leaves
 * the 11 places is mirrored back (edge places twice), so that the taps add up to 1.
 */
export function blurTaps(): Float64Array {
  const weights = new Float64Array(taps)
  let total = 0
  for (let offset = -reach; offset <= reach; offset++) {
    const weight = Math.exp(-(offset ** 2) / (2 * sigma ** 2))
    const place = ((((taps - 1) / 2 + offset) % (2 * taps)) + 2 * taps) % (2 * taps)
    const mirrored = place < taps ? place : 2 * taps - 1 - place
    weights[mirrored] = weights[mirrored]! + weight
    total += weight
  }
  return weights.map((weight) => weight / total)
}

/** A blurred copy of an example of pictures `[C, H, W]`; what lies beyond its borders counts as 0. */
export function blurred(x: Float32Array, shape: readonly number[]): Float32Array {
  const [height, width] = shape.slice(-2) as [number, number]
  const planes = sizeOf(shape.slice(0, -2))
  const along = alongAxis(x, planes * height, width, 1)
  return Float32Array.from(alongAxis(along, planes, height, width))
}

/** Filters rows of `extent` values that lie `step` apart. */
function alongAxis(x: ArrayLike<number>, outer: number, extent: number, step: number): Float64Array {
  const weights = blurTaps()
  const half = (taps - 1) / 2
  const result = new Float64Array(x.length)
  for (let o = 0; o < outer; o++) {
    for (let at = 0; at < extent; at++) {
      const [first, last] = [Math.max(0, at - half), Math.min(extent - 1, at + half)]
      for (let s = 0; s < step; s++) {
        const from = o * extent * step + s
        let sum = 0
        for (let k = first; k <= last; k++) sum += weights[k - at + half]! * x[from + k * step]!
        result[from + at * step] = sum
      }
    }
  }
  return result
}
