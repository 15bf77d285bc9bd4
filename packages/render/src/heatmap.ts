import { assertChoice, resolveOptions } from '@agon/core'
import { colorAt, diverging, sequential, type ColorMap } from './color-map.js'
import { createRgba, type Rgba } from './rgba.js'
import type { SaliencyMap } from './saliency-map.js'

export interface HeatmapOptions {
  /** `'auto'`: diverging for signed maps, sequential for magnitudes. A sequential heatmap of a signed map shows |value|. */
  readonly colors: 'auto' | 'diverging' | 'sequential'
}

/** The map in colours, one pixel each, opaque. |values| at `map.scale` and beyond have the strongest colour. */
export function heatmap(map: SaliencyMap, given?: Partial<HeatmapOptions>): Rgba {
  const colors = colorMapOf(map, resolveOptions<HeatmapOptions>('heatmap', { colors: 'auto' }, given).colors)
  const picture = createRgba(map.width, map.height)
  for (let p = 0; p < map.values.length; p++) {
    picture.data.set(colorAt(colors, strength(map, colors, p)), p * 4)
  }
  return picture
}

/** The colour map that a choice means for a map. */
export function colorMapOf(map: SaliencyMap, choice: HeatmapOptions['colors']): ColorMap {
  assertChoice('colors', choice, ['auto', 'diverging', 'sequential'])
  return choice === 'diverging' || (choice === 'auto' && map.signed) ? diverging : sequential
}

/** Place of pixel p on the colour map: value / scale, 0 on a map that is all 0. */
export function strength({ values, scale }: SaliencyMap, { kind }: ColorMap, p: number): number {
  if (scale === 0) return Math.sign(kind === 'sequential' ? Math.abs(values[p]!) : values[p]!)
  const share = Math.max(-1, Math.min(1, values[p]! / scale))
  return kind === 'sequential' ? Math.abs(share) : share
}
