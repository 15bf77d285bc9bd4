import { AgonError } from '@agon/core'
import { convertIndexedToRgb, decode, encode } from 'fast-png'

export interface SmallPng {
  readonly width: number
  readonly height: number
  readonly png: Uint8Array
}

interface Colors {
  readonly width: number
  readonly height: number
  /** 0xrrggbb of every pixel, row by row. */
  readonly pixels: Uint32Array
}

/** Share of the pixels that one colour has in a picture that counts as sparse. */
const sparse = 0.6
const paletteSize = 256

/**
 * A PNG's picture with at most `side` pixels on its longer side, as a PNG of few bytes. Each new pixel is the mean of those it covers; in a sparse picture,
 * such as a competitive map, it is the one farthest from the ground, because a mean would hide single pixels. Pictures of few colours (heatmaps) keep theirs
 * and are stored by index. Opacity is dropped. Throws AGON_BAD_FILE, naming the file, for what cannot be decoded.
 */
export function smallPng(bytes: Uint8Array, side: number, file: string): SmallPng {
  const picture = decoded(bytes, file)
  const counts = countsOf(picture.pixels)
  const [ground, most] = counts.length > 0 ? counts[0]! : [0, 0]
  const isSparse = most >= sparse * picture.pixels.length
  const small = reduced(picture, side, isSparse ? (colors) => farthest(colors, ground) : mean)
  const { width, height } = small
  if (counts.length > 2 * paletteSize) {
    return { width, height, png: encode({ width, height, data: bytesOf(small.pixels), channels: 3 }, best) }
  }
  const palette = counts.slice(0, paletteSize).map(([color]) => color)
  const nearest = nearestOf(small.pixels, palette)
  const used = [...new Set(nearest)]
  const place = new Map(used.map((color, index) => [color, index]))
  const data = Uint8Array.from(nearest, (color) => place.get(color)!)
  return { width, height, png: encode({ width, height, data, channels: 1, palette: used.map(rgb) }, best) }
}

const best = { zlib: { level: 9 } } as const

function decoded(bytes: Uint8Array, file: string): Colors {
  try {
    const png = decode(bytes)
    const { width, height, depth } = png
    const data = png.palette ? convertIndexedToRgb(png) : png.data
    const channels = data.length / (width * height)
    if (!Number.isInteger(channels)) throw new Error(`${depth} bits a sample`)
    const shift = depth === 16 ? 8 : 0
    const [green, blue] = channels < 3 ? [0, 0] : [1, 2]
    const pixels = new Uint32Array(width * height)
    for (let p = 0, at = 0; p < pixels.length; p++, at += channels) {
      const [r, g, b] = [data[at]!, data[at + green]!, data[at + blue]!]
      pixels[p] = ((r >> shift) << 16) | ((g >> shift) << 8) | (b >> shift)
    }
    return { width, height, pixels }
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause)
    throw new AgonError('AGON_BAD_FILE', { what: file, expected: 'a PNG picture', found, cause })
  }
}

/** Colours with how often they occur, the most frequent first. */
function countsOf(pixels: Uint32Array): [color: number, count: number][] {
  const counts = new Map<number, number>()
  for (const color of pixels) counts.set(color, (counts.get(color) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}

/** By the least whole factor that suffices, so that every new pixel covers a square of them, but at the right and lower edge. */
function reduced({ width, height, pixels }: Colors, side: number, one: Reduction): Colors {
  const factor = Math.ceil(Math.max(width, height) / side)
  if (factor <= 1) return { width, height, pixels }
  const to = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) }
  const covered: number[] = []
  const small = Uint32Array.from({ length: to.width * to.height }, (_, p) => {
    const [left, top] = [factor * (p % to.width), factor * Math.floor(p / to.width)]
    covered.length = 0
    for (let y = top; y < Math.min(height, top + factor); y++) {
      for (let x = left; x < Math.min(width, left + factor); x++) covered.push(pixels[y * width + x]!)
    }
    return one(covered)
  })
  return { ...to, pixels: small }
}

type Reduction = (colors: readonly number[]) => number

function mean(colors: readonly number[]): number {
  let [r, g, b] = [0, 0, 0]
  for (const color of colors) {
    r += color >> 16
    g += (color >> 8) & 255
    b += color & 255
  }
  const half = colors.length / 2
  const of = (sum: number): number => Math.floor((sum + half) / colors.length)
  return (of(r) << 16) | (of(g) << 8) | of(b)
}

function farthest(colors: readonly number[], ground: number): number {
  let far = ground
  let most = -1
  for (const color of colors) {
    const away = distance(color, ground)
    if (away > most) [far, most] = [color, away]
  }
  return far
}

/** Squared, in RGB. */
function distance(a: number, b: number): number {
  const [r, g, blue] = [(a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255)]
  return r * r + g * g + blue * blue
}

/** The nearest colour of the palette; colours that share their upper 6 bits share one. */
function nearestOf(pixels: Uint32Array, palette: readonly number[]): Uint32Array {
  const exact = new Set(palette)
  const near = new Map<number, number>()
  return pixels.map((color) => {
    if (exact.has(color)) return color
    const known = near.get(color & 0xfcfcfc)
    if (known !== undefined) return known
    const found = palette.reduce((best, each) => (distance(each, color) < distance(best, color) ? each : best))
    near.set(color & 0xfcfcfc, found)
    return found
  })
}

function rgb(color: number): number[] {
  return [color >> 16, (color >> 8) & 255, color & 255]
}

function bytesOf(pixels: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(3 * pixels.length)
  pixels.forEach((color, p) => bytes.set(rgb(color), 3 * p))
  return bytes
}
