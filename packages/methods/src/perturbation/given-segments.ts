import { AgonError, formatShape, sizeOf, type Tensor } from '@agon/core'
import type { Segments } from './segments.js'

/**
 * The segments of a map of whole numbers: equal numbers are one segment, in ascending order; numbers may be left out. An Int32Array has as many values as an
 * example or as a picture's [H, W]; a tensor's shape fits that of an example `[...]` as in broadcasting: from the last axis on, equal extents or 1.
 * Throws AGON_BAD_INPUT.
 */
export function given(map: Int32Array | Tensor, input: readonly number[]): Segments {
  const shape = input.slice(1)
  const { values, extents } = map instanceof Int32Array ? plain(map, shape) : { values: map.data, extents: map.shape }
  if (values.length !== sizeOf(extents) || !fits(extents, shape))
    throw unfit(formatShape(extents), values.length, shape)
  const wrong = values.findIndex((value) => !Number.isSafeInteger(value) || value < 0)
  if (wrong >= 0) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'map of segments',
      expected: 'whole numbers >= 0',
      found: `${values[wrong]} at place ${wrong}`
    })
  }
  const known = [...new Set(values)].sort((a, b) => a - b)
  const idOf = new Map(known.map((value, id) => [value, id]))
  const ids = Int32Array.from(places(extents, shape), (at) => idOf.get(values[at]!)!)
  return { count: known.length, ids }
}

/** The extents that a list of values stands for. */
function plain(values: Int32Array, shape: readonly number[]) {
  const candidates = [shape, ...(shape.length >= 3 ? [shape.slice(-2)] : [])]
  const extents = candidates.find((candidate) => sizeOf(candidate) === values.length)
  if (extents === undefined) throw unfit('an Int32Array', values.length, shape)
  return { values, extents }
}

function fits(extents: readonly number[], shape: readonly number[]): boolean {
  const start = shape.length - extents.length
  return start >= 0 && extents.every((extent, axis) => extent === 1 || extent === shape[start + axis])
}

/** For every element of the shape the place of its value. */
function places(extents: readonly number[], shape: readonly number[]): Int32Array {
  let all = Int32Array.of(0)
  const start = shape.length - extents.length
  shape.forEach((extent, axis) => {
    const own = axis < start ? 1 : extents[axis - start]!
    const next = new Int32Array(all.length * extent)
    for (let i = 0; i < next.length; i++) {
      next[i] = all[Math.floor(i / extent)]! * own + (own === 1 ? 0 : i % extent)
    }
    all = next
  })
  return all
}

function unfit(found: string, values: number, shape: readonly number[]): AgonError {
  const picture = shape.length >= 3 ? `, or ${formatShape(shape.slice(-2))}` : ''
  return new AgonError('AGON_BAD_INPUT', {
    what: 'map of segments',
    expected: `the shape of an example ${formatShape(shape)}${picture}, or extents of 1 in place of its own`,
    found: `${found} of ${values} values`
  })
}
