import { glyphs, missing } from './glyphs.js'

/** A straight piece of a stroke, font units. */
export type Segment = readonly [x0: number, y0: number, x1: number, y1: number]

export interface Glyph {
  /** Font units between the outermost centre lines. */
  readonly advance: number
  readonly segments: readonly Segment[]
}

const parsed = new Map<string, Glyph>()

/** The glyph of a character; an empty box for one that the font lacks. */
export function glyphOf(character: string): Glyph {
  const known = parsed.get(character)
  if (known) return known
  const [advance, strokes] = (Object.hasOwn(glyphs, character) ? glyphs[character]! : missing).split('|')
  const segments = strokes === '' ? [] : strokes!.split(';').flatMap(segmentsOf)
  const glyph = { advance: Number(advance), segments }
  parsed.set(character, glyph)
  return glyph
}

function segmentsOf(stroke: string): Segment[] {
  const kind = /^[AD]/.exec(stroke)?.[0]
  const numbers = stroke
    .slice(kind ? 2 : 0)
    .split(' ')
    .map(Number)
  if (kind === 'D') return [[numbers[0]!, numbers[1]!, numbers[0]!, numbers[1]!]]
  return joined(kind === 'A' ? arc(numbers) : numbers)
}

/** Points on an ellipse's arc, one every 15 degrees at most. */
function arc([cx, cy, rx, ry, from, to]: readonly number[]): number[] {
  const steps = Math.ceil(Math.abs(to! - from!) / 15)
  return Array.from({ length: steps + 1 }, (_, step) => {
    const angle = ((from! + ((to! - from!) * step) / steps) * Math.PI) / 180
    return [cx! + rx! * Math.cos(angle), cy! + ry! * Math.sin(angle)]
  }).flat()
}

function joined(points: readonly number[]): Segment[] {
  const segments: Segment[] = []
  for (let at = 0; at + 3 < points.length; at += 2) {
    segments.push([points[at]!, points[at + 1]!, points[at + 2]!, points[at + 3]!])
  }
  return segments
}
