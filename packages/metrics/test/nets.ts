import {
  createRandom,
  measure,
  sizeOf,
  type Engine,
  type Method,
  type Model,
  type Session,
  type Tensor
} from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { infidelity, type InfidelityOptions } from '@agon/metrics'
import { modelOf } from '@agon/testing'

export const engine: Engine = createReferenceEngine()

/** Logits W x + c. `[N, 6]` -> `[N, 3]`. */
export function linearNet(): Model {
  return modelOf('linear', [6], (b) => b.add('Gemm', [b.input, b.weights([3, 6]), b.weights([3])], { transB: 1 }), 4)
}

/** The same of pictures, `[N, 3, 4, 5]` -> `[N, 3]`, without c. */
export function linearPictureNet(): Model {
  const dense = (b: Parameters<Parameters<typeof modelOf>[2]>[0]): string =>
    b.add('Gemm', [b.add('Flatten', [b.input]), b.weights([3, 60])], { transB: 1 })
  return modelOf('linear-picture', [3, 4, 5], dense, 4)
}

/** One logit, the sum of the squares. `[N, 2]` -> `[N, 1]`. */
export function squareNet(): Model {
  return modelOf('square', [2], (b) => b.add('ReduceSum', [b.add('Mul', [b.input, b.input]), b.integers([1])]))
}

/** Normal numbers. */
export function normals(shape: readonly number[], seed = 8): Tensor {
  const random = createRandom(seed).fork('normals')
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}

/** A method whose maps of one label are made by hand. */
export function byHand(map: (input: Tensor) => Tensor, more: Partial<Method> = {}): Method {
  return {
    name: 'by-hand',
    ...more,
    attribute: ({ input }) => {
      const { shape, data } = map(input)
      return Promise.resolve({ shape: [1, ...shape], data })
    }
  }
}

/** A session that records how many examples every forward pass was given, and calls `onPass` after each. */
export function watched(session: Session, onPass: () => void = () => undefined) {
  const batches: number[] = []
  const forward: Session['forward'] = async (input, options) => {
    batches.push(input.shape[0]!)
    const found = await session.forward(input, options)
    onPass()
    return found
  }
  return { session: { ...session, forward }, batches }
}

/** Scores of label 0's maps by infidelity with these options. */
export async function scored(
  model: Model,
  input: Tensor,
  method: Method,
  given: Partial<InfidelityOptions>,
  options: Parameters<typeof measure>[4] = {}
) {
  return measure(await engine.load(model), input, method, infidelity(given), { target: 0, ...options })
}

/** A map of zeros, which tells of nothing; its infidelity is the mean squared difference of the logit. */
export const silent = byHand(({ shape, data }) => ({ shape, data: new Float32Array(data.length) }), {
  multiplier: 'none'
})
