import { encode } from 'fast-png'
import { asRgba, type Rgba } from './rgba.js'

/** A PNG file's bytes: 8 bits, four channels, lossless. Throws AGON_BAD_INPUT if the picture's bytes do not fit its size. */
export function encodePng(picture: Rgba): Uint8Array {
  const { width, height, data } = asRgba(picture)
  return encode({ width, height, data, channels: 4, depth: 8 })
}
