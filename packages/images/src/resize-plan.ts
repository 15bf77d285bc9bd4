import { AgonError } from '@agon/core'
import type { Size } from './input-size.js'
import type { Resize } from './preprocess.js'

/** A picture is resized to `resized`, then the rectangle of the target's size at (left, top) is cut out. */
export interface ResizePlan {
  readonly resized: Size
  readonly left: number
  readonly top: number
  readonly target: Size
}

/** Pictures with more pixels are refused, before and after resizing: 100 million. */
export const maximumPixels = 100_000_000

/**
 * Where the network's picture lies in the original. For a crop to a square this is torchvision's Resize + CenterCrop: short
 * side floor(size / fraction), long side floor(short' * long / short), offset round-half-even((side' - size) / 2).
 * Throws AGON_BAD_INPUT if a very narrow picture would grow beyond `maximumPixels`.
 */
export function resizePlan(original: Size, resize: Resize, target: Size): ResizePlan {
  if (resize.mode === 'squash') return { resized: target, left: 0, top: 0, target }
  const resized = covering(original, target, resize.fraction)
  if (resized.width * resized.height > maximumPixels) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `picture of ${original.width} x ${original.height} pixels`,
      expected: `at most ${maximumPixels} pixels when its short side is resized for the crop`,
      found: `${resized.width} x ${resized.height}`,
      remedy: "Cut the picture, or use resize mode 'squash'."
    })
  }
  const left = halfToEven((resized.width - target.width) / 2)
  const top = halfToEven((resized.height - target.height) / 2)
  return { resized, left, top, target }
}

/** The smallest size of the original's aspect ratio that covers target / fraction. */
function covering({ width, height }: Size, target: Size, fraction: number): Size {
  const least = { width: Math.floor(target.width / fraction), height: Math.floor(target.height / fraction) }
  if (least.width * height >= least.height * width) {
    return { width: least.width, height: Math.max(target.height, Math.floor((least.width * height) / width)) }
  }
  return { width: Math.max(target.width, Math.floor((least.height * width) / height)), height: least.height }
}

function halfToEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
