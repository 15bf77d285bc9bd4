import { measure, tensor, type Method, type Metric, type Model, type Score, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { modelOf } from '@agon/testing'

export const engine = createReferenceEngine()

/** Logits W x, W `[labels, elements]` row by row. */
export function linear(shape: readonly number[], weights: readonly number[]): Model {
  const elements = shape.reduce((a, b) => a * b, 1)
  return modelOf('linear', shape, (b) => {
    const flat = shape.length > 1 ? b.add('Flatten', [b.input]) : b.input
    return b.add('Gemm', [flat, b.floats([weights.length / elements, elements], weights)], { transB: 1 })
  })
}

/** A method whose map is given: shaped like the input, or summed over channels. */
export function given(shape: readonly number[], values: readonly number[]): Method {
  return {
    name: 'given',
    cite: 'made up for these tests',
    attribute: async ({ input, targets }) => {
      const examples = input.shape[0]!
      const labels = targets[0]!.length
      const data = Float32Array.from(
        { length: labels * examples * values.length },
        (_, i) => values[i % values.length]!
      )
      return { shape: [labels, examples, ...shape], data }
    }
  }
}

export interface Case {
  readonly model: Model
  /** Of one example, or of several. */
  readonly input: Tensor
  readonly method: Method
  readonly target?: number
  readonly seed?: number
  readonly baseline?: Tensor
  readonly mask?: Tensor
}

/** Scores of all examples. */
export async function scoresOf({ model, input, method, ...options }: Case, metric: Metric): Promise<readonly Score[]> {
  const session = await engine.load(model)
  try {
    return await measure(session, input, method, metric, options)
  } finally {
    session.dispose()
  }
}

/** The score of the first example. */
export async function scoreOf(of: Case, metric: Metric): Promise<Score> {
  return (await scoresOf(of, metric))[0]!
}

/** A row of numbers as one example. */
export function row(values: readonly number[]): Tensor {
  return tensor([1, values.length], values)
}
