import type { Rgb } from './oklab.js'
import { blend, type Rgba } from './rgba.js'
import { glyphOf, type Glyph, type Segment } from './strokes.js'

export interface TextStyle {
  /** Height of a capital letter, pixels. Legible from 7. */
  readonly size: number
  readonly color: Rgb
  /** Stroke width over capital height; 0.12 is regular, 0.17 bold. */
  readonly weight: number
}

const capHeight = 14
/** Between two glyphs' centre lines, font units. */
const gap = 4.1

/** Width of a text, pixels. */
export function measureText(text: string, { size }: TextStyle): number {
  return placed(text, size).width
}

/** Draws a text; (left, baseline) is where its first glyph stands. Characters that the font lacks become empty boxes. */
export function drawText(onto: Rgba, text: string, left: number, baseline: number, style: TextStyle): void {
  for (const { glyph, x, raise } of placed(text, style.size).glyphs) {
    drawGlyph(onto, glyph, left + x, baseline - raise, style)
  }
}

/** The text in lines of at most `width` pixels, broken at spaces, within a word only where it alone is too wide. */
export function wrapText(text: string, width: number, style: TextStyle): string[] {
  const lines: string[] = []
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word
    if (lines.length > 0 && measureText(longer, style) <= width) lines[lines.length - 1] = longer
    else lines.push(...brokenWord(word, width, style))
  }
  return lines
}

/** The text, or as much of its beginning as fits `width` pixels and an ellipsis. */
export function fitText(text: string, width: number, style: TextStyle): string {
  if (measureText(text, style) <= width) return text
  const cut = (length: number) =>
    `${[...text]
      .slice(0, length)
      .join('')
      .replace(/[\s,;.]+$/, '')}…`
  let length = [...text].length - 1
  while (length > 0 && measureText(cut(length), style) > width) length--
  return cut(length)
}

function brokenWord(word: string, width: number, style: TextStyle): string[] {
  const parts = ['']
  for (const character of word) {
    const longer = parts.at(-1)! + character
    if (parts.at(-1) === '' || measureText(longer, style) <= width) parts[parts.length - 1] = longer
    else parts.push(character)
  }
  return parts
}

interface Placed {
  readonly glyph: Glyph
  readonly x: number
  readonly raise: number
}

/** Where each glyph goes, whole pixels, so that equal letters look equal. Accents stand on the letter before them. */
function placed(text: string, size: number): { readonly glyphs: readonly Placed[]; readonly width: number } {
  const unit = size / capHeight
  const glyphs: Placed[] = []
  let x = 0
  let last = { x: 0, advance: 0, high: false }
  for (const character of text.normalize('NFD').replace(/i(?=[\u0300-\u030c])/g, 'ı')) {
    const glyph = glyphOf(character)
    if (/\p{M}/u.test(character)) {
      const raise = last.high && character !== '\u0327' ? Math.round(4 * unit) : 0
      glyphs.push({ glyph, x: last.x + Math.round((last.advance * unit) / 2), raise })
      continue
    }
    glyphs.push({ glyph, x, raise: 0 })
    last = { x, advance: glyph.advance, high: /\p{Lu}/u.test(character) }
    x += Math.round((glyph.advance + gap) * unit)
  }
  return { glyphs, width: Math.max(0, x - Math.round(gap * unit)) + 1 }
}

/** Coverage of a pixel is 1/2 + half stroke - distance of its centre to the nearest stroke, in 0 .. 1. */
function drawGlyph(onto: Rgba, { segments }: Glyph, left: number, baseline: number, style: TextStyle): void {
  const unit = style.size / capHeight
  const half = Math.max(1, style.size * style.weight) / 2
  const inPixels = segments.map(([x0, y0, x1, y1]): Segment => [x0 * unit, -y0 * unit, x1 * unit, -y1 * unit])
  if (inPixels.length === 0) return
  const [xs, ys] = [0, 1].map((axis) => inPixels.flatMap((s) => [s[axis]!, s[axis + 2]!])) as [number[], number[]]
  const reach = half * 1.3 + 1
  for (let y = Math.floor(Math.min(...ys) - reach); y <= Math.max(...ys) + reach; y++) {
    for (let x = Math.floor(Math.min(...xs) - reach); x <= Math.max(...xs) + reach; x++) {
      const [px, py] = [left + x, baseline + y]
      if (px < 0 || py < 0 || px >= onto.width || py >= onto.height) continue
      const coverage = Math.max(...inPixels.map((segment) => 0.5 + half - distanceTo(segment, x, y, half)))
      if (coverage > 0) blend(onto, px, py, style.color, Math.min(1, coverage))
    }
  }
}

/** Distance of a point to a segment, pixels; dots are drawn 1.3 times as thick as strokes. */
function distanceTo([x0, y0, x1, y1]: Segment, x: number, y: number, half: number): number {
  const [dx, dy] = [x1 - x0, y1 - y0]
  const length = dx * dx + dy * dy
  if (length === 0) return Math.hypot(x - x0, y - y0) - 0.3 * half
  const share = Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / length))
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy)
}
