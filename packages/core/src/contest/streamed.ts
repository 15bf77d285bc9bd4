import { attribute } from '../attribute.js'
import { defaultMemory, type PerExample } from '../engine.js'
import type { Method, MethodContext } from '../method.js'
import { preparedParts, type Prepare } from '../prepared.js'
import { sizeOf, sumAxis, type Tensor } from '../tensor.js'
import type { Contest } from './contest.js'
import type { Fold } from './fold.js'

/** What becomes of the maps of a contest, and along which axis of a map of this shape `[N, ...]` they are summed before. */
export interface Folding {
  axis(shape: readonly number[]): number | undefined
  start(shape: readonly number[]): Fold
}

/**
 * A contest in chunks of labels, the whole batch at once: a random method draws for every example what it draws without a contest, for every chunk the
 * same. What a method prepares for many labels is done once for all chunks that its byte budget holds. `order` are the labels of every example in the
 * order in which their maps are folded.
 */
export async function streamed(
  base: Method,
  context: MethodContext,
  order: PerExample,
  folding: Folding
): Promise<Contest> {
  const { input, memory } = context
  const most = order.reduce((longest, { length }) => Math.max(longest, length), 0)
  // Half of the budget for the base's own passes, half for its maps: a label's map and its sum, float32, or a program's float64 sums.
  const half = (memory ?? defaultMemory) / 2
  const progress = progressOf(context, order)
  const own = {
    ...context,
    ...(memory !== undefined && { memory: Math.ceil(half) }),
    targets: padded(order, most),
    onProgress: progress.prepared
  }
  let chunk = chunkOf(half, input.data.length)
  let fold: Fold | undefined
  for await (const { from, prepared } of preparedParts(base.prepare?.bind(base) ?? nothingShared(base), own)) {
    for (let at = 0; at < prepared.labels;) {
      context.signal?.throwIfAborted()
      const count = Math.min(chunk, prepared.labels - at)
      const attribution = await prepared.maps(at, count)
      const axis = folding.axis(attribution.shape.slice(1))
      const summed = axis === undefined ? attribution : sumAxis(attribution, axis + 1)
      fold ??= folding.start(summed.shape.slice(1))
      progress.folded(addAll(fold, order, from + at, summed))
      at += count
      chunk = Math.min(chunk, chunkOf(half, attribution.data.length / count))
    }
  }
  return fold!.finish()
}

/** Labels whose maps of `elements` numbers go into the bytes. Maps at a layer may be larger than the input. */
function chunkOf(bytes: number, elements: number): number {
  return Math.max(1, Math.floor(bytes / (16 * elements)))
}

/** Every chunk of labels on its own. */
function nothingShared(base: Method): Prepare {
  return async (context) => ({
    labels: context.targets[0]!.length,
    maps: async (from, count) => {
      const targets = context.targets.map((ofExample) => ofExample.slice(from, from + count))
      const random = context.random.fork()
      return (await attribute(base, { ...context, targets, random, onProgress: () => undefined })).attribution
    }
  })
}

/** Counts the labels that were folded, and before them what was prepared. */
function progressOf({ onProgress }: MethodContext, order: PerExample) {
  const labels = order.reduce((sum, { length }) => sum + length, 0)
  let [before, of, done] = [0, 0, 0]
  const report = (): void => onProgress?.(before + done, of + labels)
  return {
    prepared(doneOf: number, total: number): void {
      before = doneOf
      of = total
      report()
    },
    folded(count: number): void {
      done += count
      report()
    }
  }
}

/** The labels of every example, as many for each: a shorter list repeats its last label. */
function padded(order: PerExample, count: number): PerExample {
  return order.map((labels) => Array.from({ length: count }, (_, l) => labels[Math.min(l, labels.length - 1)]!))
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
