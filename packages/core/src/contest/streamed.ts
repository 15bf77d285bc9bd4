import { attribute } from '../attribute.js'
import { defaultMemory, type PerExample } from '../engine.js'
import type { Method, MethodContext } from '../method.js'
import { sizeOf, sumAxis, type Tensor } from '../tensor.js'
import type { Contest } from './contest.js'
import type { Fold } from './fold.js'

/** What becomes of the maps of a contest, and along which axis of a map of this shape `[N, ...]` they are summed before. */
export interface Folding {
  axis(shape: readonly number[]): number | undefined
  start(shape: readonly number[]): Fold
}

/**
 * A contest in chunks of labels, the whole batch at once: a random method draws for every example what it draws without a contest, for every chunk
 * the same. `order` are the labels of every example in the order in which their maps are folded.
 */
export async function streamed(
  base: Method,
  context: MethodContext,
  order: PerExample,
  folding: Folding
): Promise<Contest> {
  const { input, memory } = context
  const total = order.reduce((sum, labels) => sum + labels.length, 0)
  const most = order.reduce((longest, { length }) => Math.max(longest, length), 0)
  // Half of the budget for the base's own passes, half for its maps: a label's map and its sum, float32, or a program's float64 sums.
  const half = (memory ?? defaultMemory) / 2
  const own = { ...context, ...(memory !== undefined && { memory: Math.ceil(half) }), onProgress: () => undefined }
  let chunk = chunkOf(half, input.data.length)
  let done = 0
  let fold: Fold | undefined
  for (let from = 0; from < most;) {
    context.signal?.throwIfAborted()
    const targets = labelsAt(order, from, Math.min(chunk, most - from))
    const { attribution } = await attribute(base, { ...own, targets, random: context.random.fork() })
    const axis = folding.axis(attribution.shape.slice(1))
    const summed = axis === undefined ? attribution : sumAxis(attribution, axis + 1)
    fold ??= folding.start(summed.shape.slice(1))
    done += addAll(fold, order, from, summed)
    context.onProgress?.(done, total)
    from += targets[0]!.length
    chunk = Math.min(chunk, chunkOf(half, attribution.data.length / targets[0]!.length))
  }
  return fold!.finish()
}

/** Labels whose maps of `elements` numbers go into the bytes. Maps at a layer may be larger than the input. */
function chunkOf(bytes: number, elements: number): number {
  return Math.max(1, Math.floor(bytes / (16 * elements)))
}

/** Labels from .. from + count - 1 of every example; a list that is at its end repeats its last label. */
function labelsAt(order: PerExample, from: number, count: number): PerExample {
  return order.map((labels) => Array.from({ length: count }, (_, l) => labels[Math.min(from + l, labels.length - 1)]!))
}

/** Folds maps `[L, N, ...]` of labels from .. from + L - 1, repeated labels left out. Returns how many were folded. */
function addAll(fold: Fold, order: PerExample, from: number, { shape, data }: Tensor): number {
  const [count, examples] = [shape[0]!, shape[1]!]
  const size = sizeOf(shape.slice(2))
  let added = 0
  order.forEach((labels, n) => {
    labels.slice(from, from + count).forEach((label, l) => {
      const at = (l * examples + n) * size
      fold.add(n, label, data.subarray(at, at + size))
      added++
    })
  })
  return added
}
