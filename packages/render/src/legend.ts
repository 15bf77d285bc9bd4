import { AgonError } from '@agon/core'
import { colorAt, type ColorMap } from './color-map.js'
import { colorMapOf, type HeatmapOptions } from './heatmap.js'
import type { Rgb } from './oklab.js'
import { createRgba, fillRectangle, paste, type Rgba } from './rgba.js'
import type { SaliencyMap } from './saliency-map.js'
import { drawText, fitText, measureText, type TextStyle } from './text.js'

/** One line of a legend: a colour, a name, and a figure at the right. */
export interface LegendEntry {
  readonly color: Rgb
  readonly name: string
  readonly figure?: string
}

export const ink: Rgb = [32, 33, 36]
export const faintInk: Rgb = [95, 99, 104]
export const frameColor: Rgb = [176, 180, 185]

/** As wide as a picture of 224 pixels with its frame on a sheet. */
export const legendWidth = 226

const text: TextStyle = { size: 8, color: ink, weight: 0.13 }
const small: TextStyle = { size: 7, color: faintInk, weight: 0.13 }
const line = 17

/** A legend of swatches, names and figures, `width` pixels wide; names that are too long end in an ellipsis. */
export function legend(entries: readonly LegendEntry[], width = legendWidth): Rgba {
  if (entries.length === 0)
    throw new AgonError('AGON_BAD_INPUT', { what: 'legend', expected: 'entries', found: 'none' })
  const picture = createRgba(width, entries.length * line)
  entries.forEach(({ color, name, figure = '' }, row) => {
    const top = row * line
    fillRectangle(picture, 0, top + 2, 12, 12, frameColor)
    fillRectangle(picture, 1, top + 3, 10, 10, color)
    const figureWidth = figure === '' ? 0 : measureText(figure, text)
    drawText(picture, shortName(name, width - 20 - figureWidth - 8), 20, top + 12, text)
    drawText(picture, figure, width - figureWidth, top + 12, text)
  })
  return picture
}

/** What the colours of a heatmap mean: the colour map from end to end, its values, and where the scale comes from. */
export function colorBar(map: SaliencyMap, width = legendWidth, choice: HeatmapOptions['colors'] = 'auto'): Rgba {
  const colors = colorMapOf(map, choice)
  const picture = createRgba(width, 46)
  fillRectangle(picture, 0, 0, width, 12, frameColor)
  for (let x = 1; x < width - 1; x++) {
    const share = (x - 1) / (width - 3)
    paste(picture, createRgba(1, 10, colorAt(colors, colors.kind === 'diverging' ? 2 * share - 1 : share)), x, 1)
  }
  const marks = marksOf(map.scale, colors.kind)
  marks.forEach((mark, k) => {
    const free = width - measureText(mark, text)
    drawText(picture, mark, Math.round((free * k) / Math.max(1, marks.length - 1)), 26, text)
  })
  drawText(
    picture,
    fitText(map.values.every((value) => value === 0) ? 'the map is 0 everywhere' : map.scaleFrom, width, small),
    0,
    41,
    small
  )
  return picture
}

/** A name within `width`: without its last synonyms (`tench, Tinca tinca`) if that is enough, else cut. */
function shortName(name: string, width: number): string {
  if (measureText(name, text) <= width) return name
  const synonyms = name.split(', ')
  for (let kept = synonyms.length - 1; kept > 0; kept--) {
    const shorter = `${synonyms.slice(0, kept).join(', ')}, …`
    if (measureText(shorter, text) <= width) return shorter
  }
  return fitText(name, width, text)
}

function marksOf(scale: number, kind: ColorMap['kind']): string[] {
  if (kind === 'sequential') return ['0', ...(scale === 0 ? [] : [formatNumber(scale)])]
  return scale === 0 ? ['', '0', ''] : [formatNumber(-scale), '0', formatNumber(scale)]
}

/** Three significant digits, with a real minus sign: `0.0123`, `−4.5e-7`. */
export function formatNumber(value: number): string {
  if (value === 0) return '0'
  const size = Math.abs(value)
  const digits = size >= 1e-3 && size < 1e5 ? String(Number(size.toPrecision(3))) : size.toExponential(2)
  return `${value < 0 ? '−' : ''}${digits.replace('e-', 'e−').replace('e+', 'e')}`
}
