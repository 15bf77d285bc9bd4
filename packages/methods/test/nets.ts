import type { Engine, Model, PassOptions, Session, Tensor } from '@agon/core'
import { createRandom, defaultMemory } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { modelOf } from '@agon/testing'

export const engine: Engine = createReferenceEngine()

/** Two dense layers with a tanh between: smooth everywhere and far from linear. `[N, 6]` -> `[N, 4]`. */
export function tanhNet(): Model {
  return modelOf(
    'tanh',
    [6],
    (b) => {
      const dense = (x: string, inputs: number, outputs: number): string =>
        b.add('Gemm', [x, b.weights([outputs, inputs], 1.2), b.weights([outputs], 0.3)], { transB: 1 })
      return dense(b.add('Tanh', [dense(b.input, 6, 12)]), 12, 4)
    },
    3
  )
}

/** Logits W x + c. `[N, 6]` -> `[N, 3]`. */
export function linearNet(): Model {
  return modelOf('linear', [6], (b) => b.add('Gemm', [b.input, b.weights([3, 6]), b.weights([3])], { transB: 1 }), 4)
}

/** One logit, the product of two inputs. `[N, 2]` -> `[N, 1]`. */
export function productNet(): Model {
  return modelOf('product', [2], (b) => b.add('Mul', b.addMany('Split', [b.input], 2, { axis: 1, num_outputs: 2 })))
}

/** Normal numbers `[N, size]`. */
export function normals(examples: number, size: number, seed = 8): Tensor {
  const random = createRandom(seed).fork('normals')
  return { shape: [examples, size], data: Float32Array.from({ length: examples * size }, () => random.normal()) }
}

/**
 * A session that records how many examples every backward pass was given, and calls `onPass` before each. The engine is not told
 * of byte budgets, so that any may be given to what stands above it.
 */
export function watched(session: Session, onPass: () => void = () => undefined) {
  const batches: number[] = []
  const vjp: Session['vjp'] = (input, cotangents, options?: PassOptions) => {
    batches.push(input.shape[0]!)
    onPass()
    return session.vjp(input, cotangents, { ...options, memory: defaultMemory })
  }
  return { session: { ...session, vjp }, batches }
}

/** The bits of float32 numbers. */
export function bits({ data }: Tensor): number[] {
  return [...new Uint32Array(data.slice().buffer)]
}
