import { rowsOf, type Engine, type Model } from '@agon/core'
import { assertExamples, batchOf, countOf, type Examples } from './examples.js'

export interface AccuracyOptions {
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Examples that go through the engine at once. */
const batch = 500

/** Share of the examples whose largest logit (the first of equal ones) is their label's. */
export async function accuracy(
  engine: Engine,
  model: Model,
  examples: Examples,
  { signal, onProgress }: AccuracyOptions = {}
): Promise<number> {
  assertExamples(examples)
  const count = countOf(examples)
  const session = await engine.load(model)
  try {
    let correct = 0
    for (let at = 0; at < count; at += batch) {
      signal?.throwIfAborted()
      const indices = Array.from({ length: Math.min(batch, count - at) }, (_, i) => at + i)
      const { input, labels } = batchOf(examples, indices)
      const logits = await session.forward(input, signal ? { signal } : {})
      correct += rowsOf(logits).filter((row, n) => row.indexOf(Math.max(...row)) === labels[n]).length
      onProgress?.(Math.min(at + batch, count), count)
    }
    return correct / count
  } finally {
    session.dispose()
  }
}
