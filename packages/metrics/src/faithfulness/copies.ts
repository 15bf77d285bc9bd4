import { assertFinite, defaultMemory, rowsOf, sizeOf, type MetricContext } from '@agon/core'
import { readerOf, type Reading } from './reading.js'

/** What perturbing needs of a metric's context. */
export type Perturbed = Pick<
  MetricContext,
  'session' | 'input' | 'logits' | 'targets' | 'attribution' | 'baseline' | 'random' | 'signal' | 'memory'
>

/** Perturbed copies of one example. */
export interface Copies {
  readonly count: number
  /** Writes copy k, an example of the input. */
  write(k: number, into: Float32Array): void
}

/** Copies that go through the session at once, at most: more would not be faster, only hold memory and keep an abort waiting. */
const mostAtOnce = 64

/**
 * Reads the explained labels off all copies, those of an example after those of the other: a row of readings for every example. Copies run in batches that fit half of the
 * byte budget with their outputs; readings do not depend on it. Throws AGON_NOT_FINITE for outputs with NaN or
 * infinity.
 */
export async function readCopies(
  { session, input, logits, targets, signal, memory = defaultMemory }: Perturbed,
  all: readonly Copies[],
  of: Reading
): Promise<number[][]> {
  const read = readerOf(session.model, of)
  const size = sizeOf(input.shape.slice(1))
  const perCopy = 4 * (size + sizeOf(logits.shape.slice(1)))
  const atOnce = Math.min(mostAtOnce, Math.max(1, Math.floor(memory / 2 / perCopy)))
  const readings = all.map((): number[] => [])
  for (const batch of batches(all, atOnce)) {
    signal?.throwIfAborted()
    const data = new Float32Array(batch.length * size)
    batch.forEach(({ n, k }, i) => all[n]!.write(k, data.subarray(i * size, (i + 1) * size)))
    const outputs = await session.forward(
      { shape: [batch.length, ...input.shape.slice(1)], data },
      signal && { signal }
    )
    assertFinite('outputs of perturbed inputs', outputs)
    rowsOf(outputs).forEach((row, i) => readings[batch[i]!.n]!.push(read(row, targets[batch[i]!.n]!)))
  }
  return readings
}

/** Copy k of example n, in order. */
function* batches(all: readonly Copies[], atOnce: number): Generator<{ readonly n: number; readonly k: number }[]> {
  let batch = []
  for (const [n, { count }] of all.entries()) {
    for (let k = 0; k < count; k++) {
      batch.push({ n, k })
      if (batch.length < atOnce) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
