import { AgonError, formatShape, rowsOf, type MetricContext, type Tensor } from '@agon/core'
import type { Pixels } from '../maps/pixels.js'

/** In pixels of the network's input, from its upper left corner. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * A mask `[N, 1, H, W]` for pictures `[N, C, H, W]`: 1 inside the boxes of each example, 0 outside. Throws AGON_BAD_INPUT for another shape, for boxes of another number of
 * examples, and for boxes that are not whole, empty or beyond the border.
 */
export function maskOf(boxes: readonly (readonly Box[])[], shape: readonly number[]): Tensor {
  const [examples, , height, width] = shape
  if (shape.length !== 4 || boxes.length !== examples) {
    const expected = `pictures [${boxes.length},C,H,W], as many as there are lists of boxes`
    throw new AgonError('AGON_BAD_INPUT', { what: 'shape of a mask', expected, found: formatShape(shape) })
  }
  const data = new Float32Array(examples! * height! * width!)
  boxes.forEach((own, n) => {
    for (const box of own) {
      assertInside(box, height!, width!)
      for (let y = box.top; y < box.top + box.height; y++) {
        const from = (n * height! + y) * width! + box.left
        data.fill(1, from, from + box.width)
      }
    }
  })
  return { shape: [examples!, 1, height!, width!], data }
}

/**
 * The mask of every example, as many values as pixels. Throws AGON_BAD_INPUT where there is none, for one of another size, with values other than 0 and 1, or that
 * is empty for an example.
 */
export function masksOf(name: string, { mask, input }: MetricContext, { count }: Pixels): readonly Float32Array[] {
  const examples = input.shape[0]!
  const expected = `one value, 0 or 1, for each of the ${count} pixels of ${examples} examples, not all 0`
  const refuse = (found: string): AgonError =>
    new AgonError('AGON_BAD_INPUT', {
      what: `mask for ${name}`,
      expected,
      found,
      remedy: 'Give measure() a `mask`: where the evidence is; maskOf(boxes, shape) makes one from boxes.'
    })
  if (mask === undefined) throw refuse('none')
  if (mask.shape[0] !== examples || mask.data.length !== examples * count) throw refuse(formatShape(mask.shape))
  const strange = mask.data.find((value) => value !== 0 && value !== 1)
  if (strange !== undefined) throw refuse(`${strange}`)
  const rows = rowsOf(mask)
  const empty = rows.findIndex((row) => !row.includes(1))
  if (empty >= 0) throw refuse(`only 0 for example ${empty}`)
  return rows
}

function assertInside(box: Box, height: number, width: number): void {
  const { left, top } = box
  const sides = [left, top, box.width, box.height]
  const fits = left >= 0 && top >= 0 && left + box.width <= width && top + box.height <= height
  if (sides.every(Number.isSafeInteger) && fits && box.width > 0 && box.height > 0) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'box of a mask',
    expected: `whole numbers, at least one pixel, inside ${width} x ${height}`,
    found: JSON.stringify(box)
  })
}
