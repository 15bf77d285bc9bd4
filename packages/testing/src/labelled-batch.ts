import { createRandom, sizeOf, type Model, type Tensor } from '@agon/core'

/** Examples with their labels, as learners take them. */
export interface LabelledBatch {
  /** `[examples, ...]` */
  readonly input: Tensor
  readonly labels: readonly number[]
}

/** Normal examples of a model of fixed shape and labels drawn evenly from those that it tells apart, both from the streams of `seed`. */
export function labelledBatch(model: Model, examples: number, seed = 1): LabelledBatch {
  const fixed = (shape: readonly (number | string)[]): number[] => shape.slice(1).map(Number)
  const shape = [examples, ...fixed(model.inputs[0]!.shape)]
  const [values, choice] = [createRandom(seed), createRandom(seed).fork('labels')]
  const data = Float32Array.from({ length: sizeOf(shape) }, () => values.normal())
  const count = sizeOf(fixed(model.outputs[0]!.shape))
  return {
    input: { shape, data },
    labels: Array.from({ length: examples }, () => Math.floor(choice.uniform() * count))
  }
}
