import { sizeOf, sumAxis, type Tensor } from '@agon/core'
import { asRgba, createRgba, encodePng, heatmap, saliencyMap, type Rgba, type RgbPicture } from '@agon/render'

/** Longest side of the pictures of a report, pixels. */
export const pictureSides = { base: 320, trial: 112 }

/**
 * The PNG of one example's map `[1, ...]`, shrunk to a longest side by the means of what falls into a pixel, on a scale of its own (see `saliencyMap`).
 * A map that is no picture is drawn as a strip: `[1, F]` one row, `[1, T, E]` T rows.
 */
export function mapPng(map: Tensor, longest: number): Uint8Array {
  const plane = asPicture(map)
  const [, , height, width] = plane.shape as [number, number, number, number]
  const to = shrunkSize(width, height, longest)
  const small = means(sumAxis(plane, 1).data, width, height, to.width, to.height)
  return encodePng(heatmap(saliencyMap({ shape: [1, 1, to.height, to.width], data: small })))
}

/** The PNG of a photograph, shrunk likewise. */
export function photoPng(picture: Rgba | RgbPicture, longest: number): Uint8Array {
  const { width, height, data } = asRgba(picture)
  const to = shrunkSize(width, height, longest)
  const small = createRgba(to.width, to.height)
  for (let channel = 0; channel < 4; channel++) {
    const plane = Float32Array.from({ length: width * height }, (_, p) => data[p * 4 + channel]!)
    means(plane, width, height, to.width, to.height).forEach((value, p) => (small.data[p * 4 + channel] = value))
  }
  return encodePng(small)
}

/** `[1, ...]` as `[1, C, H, W]`. */
function asPicture({ shape, data }: Tensor): Tensor {
  const [, ...own] = shape
  if (own.length === 3) return { shape, data }
  if (own.length <= 2) return { shape: [1, 1, own.length === 2 ? own[0]! : 1, own.at(-1) ?? 1], data }
  return { shape: [1, sizeOf(own.slice(0, -2)), ...own.slice(-2)], data }
}

function shrunkSize(width: number, height: number, longest: number): { width: number; height: number } {
  const factor = Math.min(1, longest / Math.max(width, height))
  const side = (extent: number): number => Math.max(1, Math.round(extent * factor))
  return { width: side(width), height: side(height) }
}

/** Means over the blocks that fall into each pixel of a smaller plane. */
function means(values: Float32Array, width: number, height: number, toWidth: number, toHeight: number): Float32Array {
  if (toWidth === width && toHeight === height) return values
  const small = new Float32Array(toWidth * toHeight)
  for (let y = 0; y < toHeight; y++) {
    const [top, bottom] = block(y, height, toHeight)
    for (let x = 0; x < toWidth; x++) {
      const [left, right] = block(x, width, toWidth)
      let sum = 0
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++) sum += values[row * width + column]!
      small[y * toWidth + x] = sum / ((bottom - top) * (right - left))
    }
  }
  return small
}

/** Which of `from` places fall into place `at` of `to`: at least one. */
export function block(at: number, from: number, to: number): [first: number, end: number] {
  const first = Math.floor((at * from) / to)
  return [first, Math.max(first + 1, Math.floor(((at + 1) * from) / to))]
}
