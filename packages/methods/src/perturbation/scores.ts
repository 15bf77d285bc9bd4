import { copyBatches, rowsOf, sizeOf, type MethodContext, type Prepared, type Tensor } from '@agon/core'
import { third } from './budget.js'
import type { Ends, Probe } from './probe.js'

/**
 * Runs the forward passes of all probes, one probe for every example, for as many of the context's targets as a third of the byte budget holds sums
 * of (float64), in batches whose copies and logits (float32) fit another third. Sums are taken in float64, in the order of the copies of an example, so that maps
 * have the same bits for every budget and every batch. `baselineLogits` `[N, ...]` are for probes that look at both ends.
 */
export async function scored(
  context: MethodContext,
  probes: readonly Probe[],
  baselineLogits?: Tensor
): Promise<Prepared> {
  const { input, targets } = context
  const perLabel = probes.reduce((bytes, probe) => bytes + 8 * probe.sums, 0)
  const labels = Math.min(targets[0]!.length, Math.max(1, Math.floor(third(context) / perLabel)))
  const held = targets.map((ofExample) => ofExample.slice(0, labels))
  const sums = await sumScores(context, probes, held)
  const ends = endsOf(context.logits, baselineLogits)
  const size = sizeOf(input.shape.slice(1))
  return {
    labels,
    async maps(from, count) {
      const data = new Float32Array(count * probes.length * size)
      for (let l = 0; l < count; l++) {
        probes.forEach((probe, n) => {
          const at = (l * probes.length + n) * size
          const own = column(sums[n]!, labels, from + l)
          probe.map(own, ends(n, held[n]![from + l]!), data.subarray(at, at + size))
        })
      }
      return { shape: [count, ...input.shape], data }
    }
  }
}

/** Of every example `[sums, labels]`. */
async function sumScores(context: MethodContext, probes: readonly Probe[], labels: readonly (readonly number[])[]) {
  const { input, logits, session, signal } = context
  const size = sizeOf(input.shape.slice(1))
  const perCopy = 4 * (size + sizeOf(logits.shape.slice(1)))
  const sums = probes.map((probe, n) => new Float64Array(probe.sums * labels[n]!.length))
  const parts = Math.ceil(context.targets[0]!.length / labels[0]!.length)
  const total = probes.reduce((copies, { count }) => copies + count, 0)
  let done = 0
  for (const places of copyBatches(probes, perCopy, third(context))) {
    signal?.throwIfAborted()
    const copies = new Float32Array(places.length * size)
    places.forEach(({ n, k }, i) => probes[n]!.write(k, copies.subarray(i * size, (i + 1) * size)))
    const batch = { shape: [places.length, ...input.shape.slice(1)], data: copies }
    const scores = rowsOf(await session.forward(batch, signal && { signal }))
    places.forEach(({ n, k }, i) => addScores(probes[n]!, k, scores[i]!, labels[n]!, sums[n]!))
    done += places.length
    context.onProgress?.(done, parts * total)
  }
  return sums
}

function addScores(probe: Probe, k: number, scores: Float32Array, labels: readonly number[], sums: Float64Array): void {
  const own = Float64Array.from(labels, (label) => scores[label]!)
  probe.terms(k, (sum, weight) => {
    for (let l = 0, at = sum * own.length; l < own.length; l++, at++) sums[at] = sums[at]! + weight * own[l]!
  })
}

function column(sums: Float64Array, labels: number, l: number): Float64Array {
  return Float64Array.from({ length: sums.length / labels }, (_, sum) => sums[sum * labels + l]!)
}

function endsOf(logits: Tensor, baselineLogits: Tensor | undefined): (n: number, label: number) => Ends {
  const [input, baseline] = [rowsOf(logits), baselineLogits && rowsOf(baselineLogits)]
  return (n, label) => ({ input: input[n]![label]!, baseline: baseline ? baseline[n]![label]! : NaN })
}
