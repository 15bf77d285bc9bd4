import { rowsOf } from './labels.js'
import type { Note } from './method.js'
import { spearman } from './rank-correlation.js'
import { example, sumAxis, type Tensor } from './tensor.js'

/**
 * The edges of example n of pictures `[N, C, H, W]`: with s the sum over the channels, extended by its border pixels, and the Sobel kernels
 *
 *     gx = s[y-1, x+1] + 2 s[y, x+1] + s[y+1, x+1] - s[y-1, x-1] - 2 s[y, x-1] - s[y+1, x-1],   gy likewise downwards,
 *     edge[y, x] = sqrt(gx^2 + gy^2),    H x W values >= 0 in units of the input
 */
export function edgeMap(pictures: Tensor, n: number): Float32Array {
  const [height, width] = pictures.shape.slice(2) as [number, number]
  const { data } = sumAxis(example(pictures, n), 1)
  const edges = new Float32Array(height * width)
  for (let y = 0; y < height; y++) {
    const above = Math.max(y - 1, 0) * width
    const here = y * width
    const below = Math.min(y + 1, height - 1) * width
    for (let x = 0; x < width; x++) {
      const left = Math.max(x - 1, 0)
      const right = Math.min(x + 1, width - 1)
      const topLeft = data[above + left]!
      const topRight = data[above + right]!
      const lowLeft = data[below + left]!
      const lowRight = data[below + right]!
      const across = topRight + 2 * data[here + right]! + lowRight - topLeft - 2 * data[here + left]! - lowLeft
      const down = lowLeft + 2 * data[below + x]! + lowRight - topLeft - 2 * data[above + x]! - topRight
      edges[here + x] = Math.sqrt(across * across + down * down)
    }
  }
  return edges
}

/** Whether a map `[N, C or 1, H, W]` lies on pictures of the same extents. */
export function liesOnPicture(map: Tensor, input: Tensor): boolean {
  const [ofMap, ofInput] = [map.shape, input.shape]
  return ofInput.length === 4 && ofMap.length === 4 && [0, 2, 3].every((axis) => ofMap[axis] === ofInput[axis])
}

/** Pixels below which a correlation says little: that of unrelated numbers has a standard deviation of 1 / sqrt(pixels - 1). */
const fewestPixels = 100

/**
 * How far a map `[N, C or 1, H, W]` orders the pixels of example n as the edges of the input do: Spearman's correlation of |map summed over channels|
 * with `edgeMap`, over the pixels where the edge is not 0 (on the flat ground of a drawing both are 0 whatever the method). 1 for an edge detector;
 * `undefined` with fewer than 100 such pixels, and for a map that does not lie on a picture.
 */
export function edgeSimilarity(map: Tensor, input: Tensor, n: number): number | undefined {
  if (!liesOnPicture(map, input)) return undefined
  const edges = edgeMap(input, n)
  const summed = rowsOf(sumAxis(example(map, n), 1))[0]!
  const places = new Uint32Array(edges.length)
  let count = 0
  for (let place = 0; place < edges.length; place++) if (edges[place]! > 0) places[count++] = place
  if (count < fewestPixels) return undefined
  return spearman(sizesAt(summed, places, count), sizesAt(edges, places, count))
}

function sizesAt(values: Float32Array, places: Uint32Array, count: number): Float32Array {
  const sizes = new Float32Array(count)
  for (let i = 0; i < count; i++) sizes[i] = Math.abs(values[places[i]!]!)
  return sizes
}

/** A map is said to follow the edges of the input where `edgeSimilarity` is above this. */
export const edgeThreshold = 0.4

/** What a reader must know of maps `[N, ...]` that order the pixels as an edge detector does, which knows neither label nor model. */
export function edgeNotes(map: Tensor, input: Tensor): readonly Note[] {
  return Array.from({ length: input.shape[0]! }).flatMap((_, n) => {
    const alike = edgeSimilarity(map, input, n)
    if (alike === undefined || alike <= edgeThreshold) return []
    const message = `The map of example ${n} follows the edges of the input (Spearman's correlation ${alike.toFixed(2)}, above ${edgeThreshold}): an edge detector, which knows neither label nor model, gives a similar picture.`
    return [{ code: 'like-edges', example: n, message }]
  })
}
