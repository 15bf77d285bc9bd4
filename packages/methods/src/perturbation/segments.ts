import { AgonError, assertWhole, knownNames, rowsOf, sizeOf, type MethodContext, type Tensor } from '@agon/core'
import { given } from './given-segments.js'
import { defaultSide, ofEveryChannel, planesOf } from './planes.js'
import { slic } from './slic.js'

/** Into which parts an example falls; a part is there or taken away as a whole. */
export interface Segments {
  readonly count: number
  /** The segment of every element of the example, 0 .. count - 1. */
  readonly ids: Int32Array
}

/** Options of the methods that take segments away. */
export interface SegmentOptions {
  /**
   * `'grid'`: square cells of the picture; `'slic'`: superpixels of the picture; `'element'`: every number of the input is a segment; or a map of whole
   * numbers, an Int32Array or a tensor shaped like an example or a picture [H, W], whose equal numbers are one segment (a tensor's extents of 1 are repeated).
   * Channels of a position are in one segment, but for `'element'` and maps that tell them apart. Default: see the method.
   */
  readonly segments: 'grid' | 'slic' | 'element' | Int32Array | Tensor | undefined
  /** Side of the grid's cells. Default: an eighth of the longer side, rounded up. */
  readonly cell: number | undefined
  /** About how many superpixels. Default 50. */
  readonly superpixels: number | undefined
  /** How much nearness counts beside likeness in superpixels, > 0. Default 10, for values that span 100. */
  readonly compactness: number | undefined
}

export const segmentDefaults: SegmentOptions = {
  segments: undefined,
  cell: undefined,
  superpixels: undefined,
  compactness: undefined
}

const kinds = ['grid', 'slic', 'element']

/** Throws AGON_BAD_OPTION for what is no segmentation; whether it fits shows only beside the input. */
export function assertSegmentOptions(method: string, options: SegmentOptions): void {
  const { segments, cell, superpixels, compactness } = options
  const what = (name: string): string => `option '${name}' of ${method}`
  if (typeof segments === 'string' && !kinds.includes(segments)) {
    throw new AgonError('AGON_BAD_OPTION', { what: what('segments'), ...knownNames(segments, kinds) })
  }
  if (segments !== undefined && typeof segments !== 'string' && !isMap(segments)) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: what('segments'),
      expected: `one of ${kinds.join(', ')}, or a map of whole numbers`,
      found: segments === null ? 'null' : typeof segments
    })
  }
  if (cell !== undefined) assertWhole(what('cell'), cell, 1, 65_536)
  if (superpixels !== undefined) assertWhole(what('superpixels'), superpixels, 1, 1_000_000)
  if (compactness !== undefined && !(compactness > 0 && compactness < Infinity)) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: what('compactness'),
      expected: 'a number > 0',
      found: `${compactness}`
    })
  }
}

function isMap(segments: unknown): boolean {
  return segments instanceof Int32Array || (segments as Partial<Tensor> | null)?.data instanceof Float32Array
}

/**
 * The segments of every example. `pictures` is the segmentation of pictures `[N, C, H, W]` where the options name none; of anything else every element is a
 * segment then. Throws AGON_BAD_INPUT for a map that does not fit, AGON_BAD_OPTION for an option that the segmentation would not look at.
 */
export function segmentsOf(
  { input }: MethodContext,
  options: SegmentOptions,
  pictures: 'grid' | 'slic'
): readonly Segments[] {
  const { shape } = input
  const kind = options.segments ?? (shape.length >= 4 ? pictures : 'element')
  assertOwn('cell', options.cell, 'grid', kind)
  assertOwn('superpixels', options.superpixels, 'slic', kind)
  assertOwn('compactness', options.compactness, 'slic', kind)
  if (kind === 'slic') {
    const { superpixels = 50, compactness = 10 } = options
    return rowsOf(input).map((x) => slic(x, planesOf(shape), superpixels, compactness))
  }
  const shared = kind === 'grid' ? grid(shape, options.cell) : kind === 'element' ? elements(shape) : given(kind, shape)
  return rowsOf(input).map(() => shared)
}

function assertOwn(name: string, value: unknown, owner: string, kind: SegmentOptions['segments']): void {
  if (value === undefined || kind === owner) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `option '${name}'`,
    expected: `segments: '${owner}' beside it`,
    found: typeof kind === 'string' ? `'${kind}'` : 'a map'
  })
}

function elements(shape: readonly number[]): Segments {
  const count = sizeOf(shape.slice(1))
  return { count, ids: Int32Array.from({ length: count }, (_, i) => i) }
}

/** Square cells, row by row from the upper left corner; those at the right and lower border may be smaller. */
function grid(shape: readonly number[], side = defaultSide(shape)): Segments {
  const planes = planesOf(shape)
  const [rows, columns] = [Math.ceil(planes.height / side), Math.ceil(planes.width / side)]
  return {
    count: rows * columns,
    ids: ofEveryChannel(planes, (y, x) => Math.floor(y / side) * columns + Math.floor(x / side))
  }
}
