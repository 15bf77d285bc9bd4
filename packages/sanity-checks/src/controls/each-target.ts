import { sizeOf, type MethodContext, type Tensor } from '@agon/core'

/** Maps `[L, N, ...shape]`: one for every target of every example. */
export function eachTarget(
  { targets, signal }: MethodContext,
  shape: readonly number[],
  mapOf: (n: number, target: number) => Float32Array
): Tensor {
  const [labels, examples, size] = [targets[0]!.length, targets.length, sizeOf(shape)]
  const data = new Float32Array(labels * examples * size)
  targets.forEach((ofExample, n) => {
    signal?.throwIfAborted()
    ofExample.forEach((target, l) => data.set(mapOf(n, target), (l * examples + n) * size))
  })
  return { shape: [labels, examples, ...shape], data }
}
