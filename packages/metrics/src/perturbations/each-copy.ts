import { assertFinite, copyBatches, defaultMemory, rowsOf, sizeOf, type MetricContext } from '@agon/core'

/** Perturbed copies of one example. */
export interface Copies {
  readonly count: number
  /** Writes copy k, an example of the input. */
  write(k: number, into: Float32Array): void
}

/** Called with copy k of example n, which is only lent, and the model's outputs for it. */
export type Visit = (n: number, k: number, copy: Float32Array, outputs: Float32Array) => void

/**
 * Runs all copies, those of an example after those of the one before, in batches whose copies and outputs (float32) fit half of the byte budget: the other
 * half is left to what the session itself holds. What is visited does not depend on the budget. Throws AGON_NOT_FINITE for outputs with NaN or infinity.
 */
export async function eachCopy(
  {
    session,
    input,
    logits,
    signal,
    memory = defaultMemory
  }: Pick<MetricContext, 'session' | 'input' | 'logits' | 'signal' | 'memory'>,
  all: readonly Copies[],
  visit: Visit
): Promise<void> {
  const size = sizeOf(input.shape.slice(1))
  const perCopy = 4 * (size + sizeOf(logits.shape.slice(1)))
  for (const places of copyBatches(all, perCopy, memory / 2)) {
    signal?.throwIfAborted()
    const data = new Float32Array(places.length * size)
    const copyAt = (i: number): Float32Array => data.subarray(i * size, (i + 1) * size)
    places.forEach(({ n, k }, i) => all[n]!.write(k, copyAt(i)))
    const batch = { shape: [places.length, ...input.shape.slice(1)], data }
    const found = await session.forward(batch, signal && { signal })
    assertFinite('outputs of perturbed inputs', found)
    const rows = rowsOf(found)
    places.forEach(({ n, k }, i) => visit(n, k, copyAt(i), rows[i]!))
  }
}
