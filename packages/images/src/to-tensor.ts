import type { Tensor } from '@agon/core'
import type { Picture } from './decode.js'
import { channelCount, type Channels, type Preprocess } from './preprocess.js'

/** `(byte / scale - mean[c]) / std[c]` as `[1,C,H,W]`; computed in float64, rounded once to float32. */
export function toTensor({ width, height, rgb }: Picture, { channels, scale, mean, std }: Preprocess): Tensor {
  const count = channelCount(channels)
  const pixels = width * height
  const data = new Float32Array(count * pixels)
  for (let c = 0; c < count; c++) {
    const from = channels === 'bgr' ? 2 - c : c
    for (let p = 0; p < pixels; p++) data[c * pixels + p] = (rgb[p * 3 + from]! / scale - mean[c]!) / std[c]!
  }
  return { shape: [1, count, height, width], data }
}

/** The picture as the network sees it: for `gray` every channel is the luma .299 R + .587 G + .114 B, rounded. */
export function asSeen(picture: Picture, channels: Channels): Picture {
  if (channels !== 'gray') return picture
  const { rgb } = picture
  const gray = new Uint8Array(rgb.length)
  for (let at = 0; at < rgb.length; at += 3) {
    gray.fill(Math.round(0.299 * rgb[at]! + 0.587 * rgb[at + 1]! + 0.114 * rgb[at + 2]!), at, at + 3)
  }
  return { ...picture, rgb: gray }
}
