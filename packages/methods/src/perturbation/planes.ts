/** An example as planes of positions: those of a picture [C, H, W], one plane [A, B], or a row [F] of height 1. */
export interface Planes {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** Of an input `[N, ...]`. More axes than those of pictures count as channels. */
export function planesOf(shape: readonly number[]): Planes {
  const [height = 1, width = 1] = shape.length === 2 ? [1, shape[1]!] : shape.slice(-2)
  const channels = shape.slice(1, -2).reduce((product, extent) => product * extent, 1)
  return { channels, height, width }
}

/** Cuts a picture's longer side into at most 8 parts: 28 of 224 pixels, 4 of 28. Anything but a picture is cut into single elements. */
export function defaultSide(shape: readonly number[]): number {
  const { height, width } = planesOf(shape)
  return shape.length >= 4 ? Math.ceil(Math.max(height, width) / 8) : 1
}

/** Writes the values of one plane into all channels of an example. */
export function writeEveryChannel(plane: Float64Array, into: Float32Array): void {
  into.set(plane)
  for (let from = plane.length; from < into.length; from += plane.length) into.copyWithin(from, 0, plane.length)
}

/** The same number in all channels of a position: an example's elements, row-major. */
export function ofEveryChannel(
  { channels, height, width }: Planes,
  numberAt: (y: number, x: number) => number
): Int32Array {
  const size = height * width
  const all = new Int32Array(channels * size)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) all[y * width + x] = numberAt(y, x)
  }
  for (let c = 1; c < channels; c++) all.copyWithin(c * size, 0, size)
  return all
}
