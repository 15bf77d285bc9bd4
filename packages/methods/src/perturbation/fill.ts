import {
  AgonError,
  assertBaseline,
  baselineOf,
  rowsOf,
  sizeOf,
  type Baseline,
  type MethodContext,
  type Tensor
} from '@agon/core'
import { planesOf } from './planes.js'

/** What takes the place of what is taken away: a baseline, or `'mean'`, the mean of every channel of each example. */
export type Fill = Baseline | 'mean'

/** Throws AGON_BAD_OPTION for what is neither; whether a tensor fits shows only beside the input. */
export function assertFill(what: string, fill: unknown): void {
  if (fill === 'mean') return
  if (typeof fill !== 'string') return assertBaseline(what, fill)
  throw new AgonError('AGON_BAD_OPTION', { what, expected: "a finite number, a tensor or 'mean'", found: `'${fill}'` })
}

/**
 * The values that take the place of an example's own, a row for every example: the method's own option before the baseline of the call, zero where there is
 * neither. Throws AGON_BAD_INPUT if it does not fit the input, AGON_NOT_FINITE if it holds NaN or infinity.
 */
export function fillsOf(context: MethodContext, option: Fill | undefined): readonly Float32Array[] {
  const inputs = rowsOf(context.input)
  if (option === 'mean') return inputs.map((x) => channelMeans(x, context.input.shape))
  const rows = rowsOf(baselineOf(context, option))
  return inputs.map((_, n) => rows[n % rows.length]!)
}

function channelMeans(x: Float32Array, shape: readonly number[]): Float32Array {
  const { channels, height, width } = planesOf(shape)
  const size = height * width
  const filled = new Float32Array(x.length)
  for (let c = 0; c < channels; c++) {
    let sum = 0
    for (let i = c * size; i < (c + 1) * size; i++) sum += x[i]!
    filled.fill(sum / size, c * size, (c + 1) * size)
  }
  return filled
}

/** The logits where everything is taken away, `[N, ...]`. */
export async function logitsAtFills(context: MethodContext, fills: readonly Float32Array[]): Promise<Tensor> {
  const { session, input, logits, signal } = context
  const distinct = [...new Set(fills)]
  const size = sizeOf(input.shape.slice(1))
  const data = new Float32Array(distinct.length * size)
  distinct.forEach((fill, i) => data.set(fill, i * size))
  const found = rowsOf(
    await session.forward({ shape: [distinct.length, ...input.shape.slice(1)], data }, signal && { signal })
  )
  const labels = sizeOf(logits.shape.slice(1))
  const all = new Float32Array(fills.length * labels)
  fills.forEach((fill, n) => all.set(found[distinct.indexOf(fill)]!, n * labels))
  return { shape: logits.shape, data: all }
}
