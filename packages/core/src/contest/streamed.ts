import { attribute } from '../attribute.js'
import { defaultMemory, type PerExample } from '../engine.js'
import type { Method, MethodContext } from '../method.js'
import { preparedParts, type Prepare } from '../prepared.js'
import { sizeOf, sumAxis, type Tensor } from '../tensor.js'
import type { Contest } from './contest.js'
import { createFold, type Fold } from './fold.js'

/** The axis of maps `[N, ...]` that is summed before the labels compete. */
export type AxisOf = (shape: readonly number[]) => number | undefined

/**
 * A contest in chunks of labels, the whole batch at once: a random method draws for every example what it draws without a contest. What a method
 * prepares for many labels is done once for all chunks that its byte budget holds.
 */
export async function streamed(
  base: Method,
  context: MethodContext,
  axisOf: AxisOf,
  maps: PerExample
): Promise<Contest> {
  const { input, contestants, memory } = context
  const most = contestants.reduce((longest, { length }) => Math.max(longest, length), 0)
  // Half of the budget for the base's own passes, half for its maps: a label's map and its sum, float32, or a program's float64 sums.
  const half = (memory ?? defaultMemory) / 2
  const chunk = Math.max(1, Math.floor(half / (16 * input.data.length)))
  const progress = progressOf(context)
  const own = {
    ...context,
    ...(memory !== undefined && { memory: Math.ceil(half) }),
    targets: padded(contestants, most),
    onProgress: progress.prepared
  }
  let fold: Fold | undefined
  for await (const { from, prepared } of preparedParts(base.prepare?.bind(base) ?? nothingShared(base), own)) {
    for (let at = 0; at < prepared.labels; at += chunk) {
      context.signal?.throwIfAborted()
      const attribution = await prepared.maps(at, Math.min(chunk, prepared.labels - at))
      const axis = axisOf(attribution.shape.slice(1))
      const summed = axis === undefined ? attribution : sumAxis(attribution, axis + 1)
      fold ??= createFold(summed.shape.slice(1), contestants, maps)
      progress.folded(addAll(fold, contestants, from + at, summed))
    }
  }
  return fold!.finish()
}

/** Every chunk of labels on its own. */
function nothingShared(base: Method): Prepare {
  return async (context) => ({
    labels: context.targets[0]!.length,
    maps: async (from, count) => {
      const targets = context.targets.map((ofExample) => ofExample.slice(from, from + count))
      return (await attribute(base, { ...context, targets, onProgress: () => undefined })).attribution
    }
  })
}

/** Counts the labels that were folded, and before them what was prepared. */
function progressOf({ contestants, onProgress }: MethodContext) {
  const labels = contestants.reduce((sum, { length }) => sum + length, 0)
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
function padded(contestants: PerExample, count: number): PerExample {
  return contestants.map((labels) => Array.from({ length: count }, (_, l) => labels[Math.min(l, labels.length - 1)]!))
}

/** Folds maps `[L, N, ...]` of contestants from .. from + L - 1, repeated labels left out. Returns how many were folded. */
function addAll(fold: Fold, contestants: PerExample, from: number, { shape, data }: Tensor): number {
  const [count, examples] = [shape[0]!, shape[1]!]
  const size = sizeOf(shape.slice(2))
  let added = 0
  contestants.forEach((labels, n) => {
    labels.slice(from, from + count).forEach((label, l) => {
      const at = (l * examples + n) * size
      fold.add(n, label, data.subarray(at, at + size))
      added++
    })
  })
  return added
}
