import {
  createFold,
  defaultMemory,
  example,
  multiply,
  sumAxis,
  type Contest,
  type Fold,
  type PerExample,
  type Session,
  type Tensor
} from '@agon/core'
import { factorOf, mapShape, type Options } from './map.js'

/** A contest over any value: vector-Jacobian products of chunks of labels that fit the budget, folded one by one. */
export async function streamContest(
  session: Session,
  input: Tensor,
  labels: PerExample,
  options: Options,
  wrt: string
): Promise<Contest> {
  const { signal, onProgress, memory, precision = 'fp32', scale = 'one' } = options
  const pass = { ...(signal && { signal }) }
  const at = await session.forward(input, { at: wrt, ...pass })
  const fold = createFold(mapShape(at.shape, options.sumAxis), labels, options.maps)
  const factor = factorOf(at, options)
  const total = labels[0]!.length
  const half = (memory ?? defaultMemory) / 2
  const chunk = Math.max(1, Math.floor(half / (4 * at.data.length)))
  for (let from = 0; from < total; from += chunk) {
    const some = labels.map((ofExample) => ofExample.slice(from, from + chunk))
    const gradients = await session.vjp(
      input,
      { labels: some, scale },
      { wrt, precision, ...(memory !== undefined && { memory: Math.ceil(half) }), ...pass }
    )
    addAll(fold, some, gradients, factor, options.sumAxis)
    onProgress?.(Math.min(from + chunk, total) * labels.length, total * labels.length)
  }
  return fold.finish()
}

/** Adds gradients `[L, N, ...]`, multiplied and summed, to the fold. */
function addAll(
  fold: Fold,
  labels: PerExample,
  gradients: Tensor,
  factor: Tensor | undefined,
  axis: number | undefined
) {
  const batch = gradients.shape.slice(1)
  labels.forEach((ofExample, n) => {
    ofExample.forEach((label, l) => {
      const own = example({ shape: batch, data: example(gradients, l).data }, n)
      const map = factor ? { ...own, data: multiply(own.data, example(factor, n).data) } : own
      fold.add(n, label, axis === undefined ? map.data : sumAxis(map, axis).data)
    })
  })
}
