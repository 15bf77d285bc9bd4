import { AgonError, resolveOptions } from '@agon/core'
import { colorAt } from './color-map.js'
import { colorMapOf, strength, type HeatmapOptions } from './heatmap.js'
import { asRgba, blend, createRgba, nearest, type Rgba, type RgbPicture } from './rgba.js'
import type { SaliencyMap } from './saliency-map.js'

export interface OverlayOptions extends HeatmapOptions {
  /** Opacity of the strongest colour, 0 .. 1; a pixel's own is alpha * sqrt(|value| / scale). Default 0.85. */
  readonly alpha: number
  /** Whether the photograph is shown in pale grey, so that all colour is the map's. Default true. */
  readonly gray: boolean
}

/**
 * The map laid over the photograph that the network saw. A map of another size is stretched to it, nearest neighbour.
 * Throws AGON_BAD_OPTION or AGON_BAD_INPUT.
 */
export function overlay(photo: Rgba | RgbPicture, map: SaliencyMap, given?: Partial<OverlayOptions>): Rgba {
  const defaults: OverlayOptions = { alpha: 0.85, gray: true, colors: 'auto' }
  const { alpha, gray, colors: choice } = resolveOptions('overlay', defaults, given)
  assertAlpha(alpha)
  const colors = colorMapOf(map, choice)
  const picture = backdrop(photo, gray, 0.5)
  const columns = nearest(picture.width, map.width)
  nearest(picture.height, map.height).forEach((row, y) => {
    for (let x = 0; x < picture.width; x++) {
      const t = strength(map, colors, row * map.width + columns[x]!)
      if (t !== 0) blend(picture, x, y, colorAt(colors, t), alpha * Math.sqrt(Math.abs(t)))
    }
  })
  return picture
}

/** Throws AGON_BAD_OPTION unless the opacity is in 0 .. 1. */
export function assertAlpha(alpha: number): void {
  if (alpha >= 0 && alpha <= 1) return
  throw new AgonError('AGON_BAD_OPTION', { what: 'alpha', expected: 'a number in 0 .. 1', found: String(alpha) })
}

/** A copy of a photograph on white: in colour, or in grey (ITU-R 601 luma) faded towards white by `fade`, 0 .. 1. */
export function backdrop(photo: Rgba | RgbPicture, gray: boolean, fade: number): Rgba {
  const { width, height, data } = asRgba(photo)
  const copy = createRgba(width, height)
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]! / 255
    const [r, g, b] = [0, 1, 2].map((c) => data[at + c]! * alpha + 255 * (1 - alpha)) as [number, number, number]
    const luma = 255 * fade + (0.299 * r + 0.587 * g + 0.114 * b) * (1 - fade)
    copy.data.set(gray ? [luma, luma, luma] : [r, g, b], at)
  }
  return copy
}
