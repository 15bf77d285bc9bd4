import { assertFinite, defaultMemory, rowsOf, sizeOf, type MetricContext } from '@agon/core'
import type { Perturbed } from './perturbation.js'

/** Perturbed inputs that go through the session at once, at most: more would not be faster, only hold memory and keep an abort waiting. */
const mostAtOnce = 64

/** Called with perturbed input k of example n and the logit there of the label that is explained. */
export type Visit = (n: number, k: number, perturbed: Float32Array, logit: number) => void

/**
 * Runs all perturbed inputs, the samples of an example after those of the one before, in batches whose inputs and logits (float32) fit the byte budget. Throws
 * AGON_NOT_FINITE for logits with NaN or infinity.
 */
export async function eachPerturbed(context: MetricContext, perturbed: Perturbed, visit: Visit): Promise<void> {
  const { session, input, logits, targets, signal, memory = defaultMemory } = context
  const size = sizeOf(input.shape.slice(1))
  const perInput = 4 * (size + sizeOf(logits.shape.slice(1)))
  const atOnce = Math.min(mostAtOnce, Math.max(1, Math.floor(memory / perInput)))
  const total = input.shape[0]! * perturbed.count
  for (let from = 0; from < total; from += atOnce) {
    signal?.throwIfAborted()
    const places = Array.from({ length: Math.min(atOnce, total - from) }, (_, i) => placeOf(from + i, perturbed.count))
    const data = new Float32Array(places.length * size)
    const rowAt = (i: number): Float32Array => data.subarray(i * size, (i + 1) * size)
    places.forEach(({ n, k }, i) => perturbed.write(n, k, rowAt(i)))
    const batch = { shape: [places.length, ...input.shape.slice(1)], data }
    const found = await session.forward(batch, signal && { signal })
    assertFinite('logits of perturbed inputs', found)
    const rows = rowsOf(found)
    places.forEach(({ n, k }, i) => visit(n, k, rowAt(i), rows[i]![targets[n]!]!))
  }
}

function placeOf(index: number, count: number) {
  return { n: Math.floor(index / count), k: index % count }
}
