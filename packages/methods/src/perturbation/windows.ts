import { AgonError, assertWhole } from '@agon/core'
import { defaultSide, planesOf, type Planes } from './planes.js'

/** A side or stride: the same along both axes (along a row, its length), or [along the height, along the width]. */
export type Extents = number | readonly [number, number]

/** Windows that slide over the positions of an example; those that begin last may end at its border. */
export interface Windows {
  readonly planes: Planes
  readonly count: number
  /** Calls with every position of window k, of one plane. */
  forEach(k: number, visit: (at: number) => void): void
}

/** Throws AGON_BAD_OPTION unless both are whole numbers >= 1 and no stride leaps over positions. */
export function assertExtents(what: string, extents: Extents | undefined): void {
  if (extents === undefined) return
  if (typeof extents === 'number') return assertWhole(what, extents, 1, 1_000_000)
  if (!Array.isArray(extents) || extents.length !== 2) {
    throw new AgonError('AGON_BAD_OPTION', {
      what,
      expected: 'a whole number, or two: [height, width]',
      found: JSON.stringify(extents)
    })
  }
  extents.forEach((extent: number) => assertWhole(what, extent, 1, 1_000_000))
}

/**
 * 1 + ceil((extent - side) / stride) windows along an axis. A side defaults to an eighth of a picture's longer side, rounded up, and to 1 for anything else; a
 * stride to half of the side, rounded up. Throws AGON_BAD_OPTION for a window larger than the input or a stride larger than the window.
 */
export function windowsOf(shape: readonly number[], side: Extents | undefined, stride: Extents | undefined): Windows {
  const planes = planesOf(shape)
  const sides = side === undefined ? capped(defaultSide(shape), planes) : pair(side, shape)
  const strides =
    stride === undefined ? ([Math.ceil(sides[0] / 2), Math.ceil(sides[1] / 2)] as const) : pair(stride, shape)
  assertFits(planes, sides, strides)
  const rows = 1 + Math.ceil((planes.height - sides[0]) / strides[0])
  const columns = 1 + Math.ceil((planes.width - sides[1]) / strides[1])
  return {
    planes,
    count: rows * columns,
    forEach(k, visit) {
      const [top, left] = [Math.floor(k / columns) * strides[0], (k % columns) * strides[1]]
      const [bottom, right] = [Math.min(top + sides[0], planes.height), Math.min(left + sides[1], planes.width)]
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) visit(y * planes.width + x)
      }
    }
  }
}

function pair(extents: Extents, shape: readonly number[]): readonly [number, number] {
  return typeof extents === 'number' ? [shape.length === 2 ? 1 : extents, extents] : extents
}

function capped(side: number, { height, width }: Planes): readonly [number, number] {
  return [Math.min(side, height), Math.min(side, width)]
}

function assertFits({ height, width }: Planes, sides: readonly [number, number], strides: readonly [number, number]) {
  if (sides[0] > height || sides[1] > width) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: "option 'window' of occlusion",
      expected: `at most [${height}, ${width}], the input's own extents`,
      found: `[${sides.join(', ')}]`
    })
  }
  if (strides[0] <= sides[0] && strides[1] <= sides[1]) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "option 'stride' of occlusion",
    expected: `at most the window [${sides.join(', ')}], so that every position is in one`,
    found: `[${strides.join(', ')}]`
  })
}
