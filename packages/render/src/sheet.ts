import { AgonError, resolveOptions } from '@agon/core'
import { faintInk, frameColor, ink } from './legend.js'
import { createRgba, fillRectangle, paste, upscale, type Rgba } from './rgba.js'
import { drawText, measureText, wrapText, type TextStyle } from './text.js'

/** One picture of a sheet, with its words. */
export interface SheetColumn {
  readonly title: string
  readonly picture: Rgba
  /** Set in small letters below picture and legend. */
  readonly caption?: string
  /** Drawn below the picture as it is: a `legend` or a `colorBar`. */
  readonly legend?: Rgba
}

export interface SheetOptions {
  /** Above everything. Default: none. */
  readonly title: string
  /** Below everything, in small letters: method, seed, what competed. Default: none. */
  readonly footer: string
  /** Pictures are enlarged by the smallest whole factor that makes their longer side at least this, pixels. Default 224. */
  readonly minimum: number
}

const heading: TextStyle = { size: 12, color: ink, weight: 0.16 }
const columnTitle: TextStyle = { size: 9, color: ink, weight: 0.17 }
const caption: TextStyle = { size: 8, color: faintInk, weight: 0.13 }
const margin = 20
const between = 20
/** Baseline to baseline over capital height. */
const leading = 1.9
const most = 64

/** Pictures side by side on white, each with title, caption and legend. Throws AGON_BAD_INPUT for no or over 64 columns. */
export function sheet(columns: readonly SheetColumn[], given?: Partial<SheetOptions>): Rgba {
  const { title, footer, minimum } = resolveOptions('sheet', { title: '', footer: '', minimum: 224 }, given)
  if (columns.length === 0 || columns.length > most) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'sheet',
      expected: `1 to ${most} columns`,
      found: `${columns.length}`
    })
  }
  const blocks = columnsOnOneLine(columns, minimum)
  const inner = blocks.reduce((sum, { width }) => sum + width, 0) + between * (blocks.length - 1)
  const parts: Rgba[] = [
    ...(title === '' ? [] : [textBlock(title, inner, heading), createRgba(1, 14)]),
    beside(blocks),
    ...(footer === '' ? [] : [createRgba(1, 16), textBlock(footer, inner, caption)])
  ]
  const body = stack(parts)
  const page = createRgba(body.width + 2 * margin, body.height + 2 * margin)
  paste(page, body, margin, margin)
  return page
}

/** Pictures one below the other on white, from the left. */
export function stack(pictures: readonly Rgba[]): Rgba {
  const width = Math.max(...pictures.map((picture) => picture.width))
  const whole = createRgba(
    width,
    Math.max(
      1,
      pictures.reduce((sum, { height }) => sum + height, 0)
    )
  )
  let top = 0
  for (const picture of pictures) {
    paste(whole, picture, 0, top)
    top += picture.height
  }
  return whole
}

/** Every column as one picture; titles share a height so that the pictures stand level. */
function columnsOnOneLine(columns: readonly SheetColumn[], minimum: number): Rgba[] {
  const framed = columns.map(({ picture }) => framedPicture(enlarged(picture, minimum)))
  const widths = columns.map(({ legend }, k) => Math.max(framed[k]!.width, legend?.width ?? 0))
  const titles = columns.map(({ title }, k) => textBlock(title, widths[k]!, columnTitle))
  const titleHeight = Math.max(...titles.map(({ height }) => height))
  return columns.map(({ caption: words = '', legend }, k) => {
    const captions = words === '' ? [] : [createRgba(1, 6), textBlock(words, widths[k]!, caption)]
    const legends = legend ? [createRgba(1, 10), legend] : []
    const head = createRgba(widths[k]!, titleHeight + 6)
    paste(head, titles[k]!, 0, titleHeight - titles[k]!.height)
    return stack([head, framed[k]!, ...legends, ...captions])
  })
}

function beside(blocks: readonly Rgba[]): Rgba {
  const width = blocks.reduce((sum, block) => sum + block.width, 0) + between * (blocks.length - 1)
  const row = createRgba(width, Math.max(...blocks.map(({ height }) => height)))
  let left = 0
  for (const block of blocks) {
    paste(row, block, left, 0)
    left += block.width + between
  }
  return row
}

function enlarged(picture: Rgba, minimum: number): Rgba {
  return upscale(picture, Math.max(1, Math.ceil(minimum / Math.max(picture.width, picture.height))))
}

/** With a hairline around it, so that a white map does not dissolve in the page. */
function framedPicture(picture: Rgba): Rgba {
  const framed = createRgba(picture.width + 2, picture.height + 2, frameColor)
  fillRectangle(framed, 1, 1, picture.width, picture.height, [255, 255, 255])
  paste(framed, picture, 1, 1)
  return framed
}

/** Lines of text, `width` pixels wide, wrapped; an empty text is one line high. */
function textBlock(text: string, width: number, style: TextStyle): Rgba {
  const lines = wrapText(text, width, style)
  const step = Math.round(style.size * leading)
  const block = createRgba(
    Math.max(width, ...lines.map((l) => measureText(l, style))),
    Math.max(1, lines.length) * step
  )
  lines.forEach((line, k) => drawText(block, line, 1, k * step + Math.round(style.size * 1.35), style))
  return block
}
