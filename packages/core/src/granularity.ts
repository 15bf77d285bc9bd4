import { AgonError } from './error.js'
import { formatShape } from './tensor.js'

/** What is contested: pixels (after the sum over channels) or single elements of the input. */
export type Granularity = 'pixel' | 'element'

/**
 * The axis that is summed before the labels compete. Pictures are NCHW, so `pixel` sums axis 1 of a rank-4 input; a flat
 * input `[N, F]` has nothing to sum. Any other input must say its channel axis, because `[N, T, E]` and `[N, C, T]` look alike.
 */
export function summedAxis(
  shape: readonly number[],
  granularity: Granularity,
  channelAxis?: number
): number | undefined {
  if (granularity === 'element') return undefined
  if (channelAxis !== undefined) {
    if (Number.isSafeInteger(channelAxis) && channelAxis >= 1 && channelAxis < shape.length) return channelAxis
    throw new AgonError('AGON_BAD_OPTION', {
      what: `channelAxis of an input ${formatShape(shape)}`,
      expected: `1 to ${shape.length - 1}`,
      found: String(channelAxis)
    })
  }
  if (shape.length === 4) return 1
  if (shape.length <= 2) return undefined
  throw new AgonError('AGON_BAD_OPTION', {
    what: `granularity 'pixel' of an input ${formatShape(shape)}`,
    expected: 'a picture [N,C,H,W] or a named channelAxis',
    found: `rank ${shape.length}`,
    remedy: "Give `channelAxis`, or use granularity 'element'."
  })
}
