import {
  AgonError,
  formatShape,
  rowsOf,
  sizeOf,
  sumAxis,
  summedAxis,
  type Granularity,
  type MetricContext
} from '@agon/core'

/** What a metric ranks or weighs. */
export interface PixelOptions {
  /** A pixel's score: the sum of its channels' values (`'signed'`, default: evidence for the label first), or the absolute value of that sum. */
  readonly by: 'signed' | 'absolute'
  /** Pixels, after the sum over channels (default), or single elements of the input. */
  readonly granularity: Granularity
  /** Default: the axis that the map is summed over, else 1 for pictures. Other inputs of three axes or more must name it. */
  readonly channelAxis: number | undefined
}

export const pixelDefaults: PixelOptions = { by: 'signed', granularity: 'pixel', channelAxis: undefined }

/** The pixels of an example `[...outer, channels, ...inner]`: all elements that differ in the channel only. Without channels every element is one. */
export interface Pixels {
  readonly count: number
  readonly channels: number
  /** Elements from one channel of a pixel to the next. */
  readonly inner: number
  /** Of the grid that pixels form: its last two axes; 1 where it has fewer. The rest of the axes count as planes. */
  readonly planes: number
  readonly height: number
  readonly width: number
}

/** Scores of the pixels of every example. */
export interface Scored {
  readonly pixels: Pixels
  readonly scores: readonly Float32Array[]
  /** Which axis of the input holds channels, where something says so. */
  readonly channelAxis: number | undefined
}

/**
 * The pixels of the examples and their scores by the map. Throws AGON_BAD_INPUT for a map that is neither shaped like the input nor summed
 * over one axis of it, AGON_BAD_OPTION where nothing says which axis holds channels.
 */
export function scoredPixels(
  { input, attribution }: Pick<MetricContext, 'input' | 'attribution'>,
  { by, granularity, channelAxis }: PixelOptions
): Scored {
  const summed = summedAlready(input.shape, attribution.shape)
  if (summed !== undefined && granularity === 'element') throw mismatch(input.shape, attribution.shape)
  if (summed !== undefined && channelAxis !== undefined && channelAxis !== summed) throw otherAxis(summed, channelAxis)
  const axis = summed ?? summedAxis(input.shape, granularity, channelAxis)
  const map = axis === undefined || summed !== undefined ? attribution : sumAxis(attribution, axis)
  const data = by === 'absolute' ? map.data.map(Math.abs) : map.data
  return {
    pixels: pixelsAlong(input.shape, axis),
    scores: rowsOf({ shape: map.shape, data }),
    channelAxis: axis ?? channelAxis
  }
}

/** The pixels of an input `[N, ...]` whose channels lie on this axis. */
export function pixelsAlong(shape: readonly number[], axis: number | undefined): Pixels {
  const grid = shape.slice(1).filter((_, i) => i + 1 !== axis)
  const [channels, inner] = axis === undefined ? [1, 1] : [shape[axis]!, sizeOf(shape.slice(axis + 1))]
  const [width = 1, height = 1, ...planes] = grid.reverse()
  return { count: sizeOf(grid), channels, inner, planes: sizeOf(planes), height, width }
}

/** Copies the elements of these pixels from one example to another. */
export function copyPixels(pixels: Pixels, which: Iterable<number>, from: Float32Array, into: Float32Array): void {
  const { channels, inner } = pixels
  for (const pixel of which) {
    const first = Math.floor(pixel / inner) * channels * inner + (pixel % inner)
    for (let i = first, c = 0; c < channels; i += inner, c++) into[i] = from[i]!
  }
}

function summedAlready(input: readonly number[], map: readonly number[]): number | undefined {
  const differing = input.flatMap((extent, axis) => (extent === map[axis] ? [] : [axis]))
  if (input.length !== map.length || differing.length > 1) throw mismatch(input, map)
  const [axis] = differing
  if (axis !== undefined && (axis === 0 || map[axis] !== 1)) throw mismatch(input, map)
  return axis
}

function otherAxis(summed: number, named: number): AgonError {
  const [expected, found] = [`${summed}, which the map is summed over`, `${named}`]
  return new AgonError('AGON_BAD_OPTION', { what: "option 'channelAxis'", expected, found })
}

function mismatch(input: readonly number[], map: readonly number[]): AgonError {
  return new AgonError('AGON_BAD_INPUT', {
    what: 'map to be measured',
    expected: `values of the input's own elements ${formatShape(input)}, or of its pixels`,
    found: formatShape(map),
    remedy: "Let the method bring its maps to the input's size, or measure pixels instead of elements."
  })
}
