import type { Tensor } from '@agon/core'
import type { Picture } from '@agon/images'
import type { PreparedInput } from './prepare-input.js'

/** What can be drawn of an input. */
export type Drawable = Pick<PreparedInput, 'input' | 'picture'>

/** Whether maps of an input can be drawn: it is a picture [N,C,H,W] of at least 2 x 2 pixels. */
export function drawable({ shape }: Tensor): boolean {
  return shape.length === 4 && shape[2]! > 1 && shape[3]! > 1
}

/** What the network saw of example n: the photograph, or the numbers themselves where the input is a tensor. */
export function photoOf({ picture, input }: Drawable, n: number): Picture {
  return picture ?? numbersAsPicture(input, n)
}

/** Words for `photoOf`. */
export function photoTitle({ picture }: Drawable): string {
  return picture ? 'as the network saw it' : 'input, from least to largest'
}

/** Three channels as R G B, any other number as their mean in grey; the example's least value black, its largest white. */
function numbersAsPicture({ shape, data }: Tensor, n: number): Picture {
  const [, channels, height, width] = shape as [number, number, number, number]
  const pixels = width * height
  const values = data.subarray(n * channels * pixels, (n + 1) * channels * pixels)
  const planes =
    channels === 3 ? [0, 1, 2].map((c) => values.subarray(c * pixels, (c + 1) * pixels)) : [mean(values, channels)]
  const [least, span] = range(planes)
  const rgb = new Uint8Array(pixels * 3)
  for (let at = 0; at < rgb.length; at++) {
    const plane = planes[planes.length === 3 ? at % 3 : 0]!
    rgb[at] = Math.round((255 * (plane[Math.floor(at / 3)]! - least)) / span)
  }
  return { width, height, rgb }
}

function mean(values: Float32Array, channels: number): Float32Array {
  const pixels = values.length / channels
  return Float32Array.from({ length: pixels }, (_, p) => {
    let sum = 0
    for (let at = p; at < values.length; at += pixels) sum += values[at]!
    return sum / channels
  })
}

/** Least value, and the distance to the largest (1 where all are equal). */
function range(planes: readonly Float32Array[]): [least: number, span: number] {
  let [least, largest] = [Infinity, -Infinity]
  for (const plane of planes) {
    for (const value of plane) {
      if (value < least) least = value
      if (value > largest) largest = value
    }
  }
  return [least, largest - least || 1]
}
