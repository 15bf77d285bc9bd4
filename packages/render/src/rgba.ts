import { AgonError } from '@agon/core'
import type { Rgb } from './oklab.js'

/** A picture: four bytes a pixel (red, green, blue, alpha, not premultiplied), row by row from the top. */
export interface Rgba {
  readonly width: number
  readonly height: number
  readonly data: Uint8ClampedArray
}

/** A picture without alpha, three bytes a pixel. */
export interface RgbPicture {
  readonly width: number
  readonly height: number
  readonly rgb: Uint8Array
}

/** Pictures of more pixels are never made: 2^28. */
const mostPixels = 2 ** 28

/** A picture of one colour. Throws AGON_BAD_INPUT for a size that is not whole, positive and below 2^28 pixels. */
export function createRgba(width: number, height: number, [r, g, b]: Rgb = [255, 255, 255], alpha = 255): Rgba {
  if (![width, height].every((side) => Number.isInteger(side) && side >= 1) || width * height > mostPixels) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'size of a picture',
      expected: 'whole sides from 1, at most 2^28 pixels',
      found: `${width} x ${height}`
    })
  }
  const data = new Uint8ClampedArray(width * height * 4)
  new Uint32Array(data.buffer).fill(new Uint32Array(Uint8Array.of(r, g, b, alpha).buffer)[0]!)
  return { width, height, data }
}

/** A photograph with alpha: RGB bytes become opaque RGBA; RGBA is returned as it is. Throws AGON_BAD_INPUT if bytes lack. */
export function asRgba(picture: Rgba | RgbPicture): Rgba {
  const { width, height } = picture
  const [bytes, channels] = 'data' in picture ? [picture.data, 4] : [picture.rgb, 3]
  if (bytes.length !== width * height * channels) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `picture of ${width} x ${height} pixels`,
      expected: `${width * height * channels} bytes`,
      found: `${bytes.length}`
    })
  }
  if ('data' in picture) return picture
  const rgba = createRgba(width, height)
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) rgba.data.set(bytes.subarray(from, from + 3), to)
  return rgba
}

/**
 * Nearest-neighbour resizing, by a whole factor or to a size: output pixel x shows input pixel floor((x + 1/2) width / width').
 * Throws AGON_BAD_INPUT for sizes that `createRgba` refuses.
 */
export function upscale(picture: Rgba, to: number | { readonly width: number; readonly height: number }): Rgba {
  const { width, height } = typeof to === 'number' ? { width: picture.width * to, height: picture.height * to } : to
  const larger = createRgba(width, height)
  const from = pixels(picture)
  const into = pixels(larger)
  const columns = nearest(width, picture.width)
  nearest(height, picture.height).forEach((row, y) => {
    for (let x = 0; x < width; x++) into[y * width + x] = from[row * picture.width + columns[x]!]!
  })
  return larger
}

/** For each of `count` places the one of `among` that lies nearest. */
export function nearest(count: number, among: number): Int32Array {
  return Int32Array.from({ length: count }, (_, at) => Math.floor(((at + 0.5) * among) / count))
}

/** Copies a picture onto another at (left, top), by alpha over what is there; what falls outside is cut off. */
export function paste(onto: Rgba, picture: Rgba, left: number, top: number): void {
  const [x0, x1] = [Math.max(0, -left), Math.min(picture.width, onto.width - left)]
  for (let y = Math.max(0, -top); y < Math.min(picture.height, onto.height - top); y++) {
    for (let x = x0; x < x1; x++) {
      const from = (y * picture.width + x) * 4
      const { data } = picture
      if (data[from + 3] === 255) {
        const to = ((top + y) * onto.width + left + x) * 4
        for (let c = 0; c < 4; c++) onto.data[to + c] = data[from + c]!
        continue
      }
      blend(onto, left + x, top + y, [data[from]!, data[from + 1]!, data[from + 2]!], data[from + 3]! / 255)
    }
  }
}

/** Lays a colour over one opaque or transparent pixel; `alpha` 0 .. 1. (Porter & Duff 1984, "over".) */
export function blend({ width, data }: Rgba, x: number, y: number, color: Rgb, alpha: number): void {
  const at = (y * width + x) * 4
  const below = (data[at + 3]! / 255) * (1 - alpha)
  const total = alpha + below
  if (total === 0) return
  for (let c = 0; c < 3; c++) data[at + c] = (color[c]! * alpha + data[at + c]! * below) / total
  data[at + 3] = total * 255
}

/** Fills a rectangle. */
export function fillRectangle(onto: Rgba, left: number, top: number, width: number, height: number, color: Rgb): void {
  paste(onto, createRgba(width, height, color), left, top)
}

/** One 32-bit word a pixel, sharing memory where the bytes are aligned. */
function pixels({ data }: Rgba): Uint32Array {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4)
}
