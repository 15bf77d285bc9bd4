/** Copy k of example n. */
export interface CopyPlace {
  readonly n: number
  readonly k: number
}

/** Copies that go through a session at once, at most: more would not be faster, only hold memory and keep an abort waiting. */
const mostAtOnce = 64

/**
 * The changed copies of every example in batches for forward passes: those of an example in ascending order, after those of the example before. A batch
 * holds as many copies of `bytes` each as fit `budget` bytes, at least one and at most 64, and may end one example and begin the next.
 */
export function* copyBatches(
  examples: readonly { readonly count: number }[],
  bytes: number,
  budget: number
): Generator<readonly CopyPlace[]> {
  const atOnce = Math.min(mostAtOnce, Math.max(1, Math.floor(budget / bytes)))
  let batch: CopyPlace[] = []
  for (const [n, { count }] of examples.entries()) {
    for (let k = 0; k < count; k++) {
      batch.push({ n, k })
      if (batch.length < atOnce) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
