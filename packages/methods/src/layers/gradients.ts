import { defaultMemory, passOptions, type BackwardRules, type MethodContext, type ValueName } from '@agon/core'

/** A value of the model to take gradients at. */
export interface Place {
  /** Absent: the model's input. */
  readonly value?: ValueName
  /** Its elements in one example. */
  readonly size: number
  /** On the way to it, in place of the true derivative. */
  readonly rules?: BackwardRules
}

/** A pass is number `index` of `count` that make a map. */
export interface Stage {
  readonly index: number
  readonly count: number
}

/**
 * Hands the gradient of every target at a value to `visit`: target l of example n, the elements of one example. All targets share a
 * backward pass as far as half of the byte budget holds their gradients.
 */
export async function eachGradient(
  context: MethodContext,
  { value, size, rules }: Place,
  { index, count }: Stage,
  visit: (l: number, n: number, gradient: Float32Array) => void
): Promise<void> {
  const { session, input, targets, signal, memory } = context
  const [examples, labels] = [input.shape[0]!, targets[0]!.length]
  const half = (memory ?? defaultMemory) / 2
  const chunk = Math.max(1, Math.floor(half / (4 * examples * size)))
  for (let from = 0; from < labels; from += chunk) {
    signal?.throwIfAborted()
    const some = targets.map((ofExample) => ofExample.slice(from, from + chunk))
    const before = examples * (index * labels + from)
    const { data } = await session.vjp(
      input,
      { labels: some },
      {
        ...passOptions(context),
        ...(value !== undefined && { wrt: value }),
        ...(rules && { rules }),
        ...(memory !== undefined && { memory: Math.ceil(half) }),
        onProgress: (done) => context.onProgress?.(before + done, count * labels * examples)
      }
    )
    for (let at = 0; at < some[0]!.length * examples; at++) {
      visit(from + Math.floor(at / examples), at % examples, data.subarray(at * size, (at + 1) * size))
    }
  }
}
