import { formatShape, sizeOf, type Tensor } from '@agon/core'
import type { MatrixInput } from './matrix.js'

/** Inputs that go through a model together. */
export interface Batch {
  readonly inputs: readonly MatrixInput[]
  /** `[N, ...]` */
  readonly input: Tensor
  readonly mask?: Tensor
}

const mostExamples = 16
const mostElements = 2 ** 22

/**
 * Inputs of one shape in batches of at most 16 examples and 2^22 numbers. It depends on the inputs alone, not on budgets: a method's random numbers are
 * forked by the place of an example in its batch.
 */
export function batchesOf(inputs: readonly MatrixInput[]): readonly Batch[] {
  const groups = new Map<string, MatrixInput[][]>()
  for (const input of inputs) {
    const kind = formatShape(input.input.shape) + (input.mask ? formatShape(input.mask.shape) : '')
    const batches = groups.get(kind) ?? groups.set(kind, [[]]).get(kind)!
    const most = Math.max(1, Math.min(mostExamples, Math.floor(mostElements / sizeOf(input.input.shape))))
    if (batches.at(-1)!.length === most) batches.push([])
    batches.at(-1)!.push(input)
  }
  return [...groups.values()].flat().map(batchOf)
}

/** These inputs, all of one shape, as one batch. */
export function batchOf(inputs: readonly MatrixInput[]): Batch {
  const masks = inputs.flatMap(({ mask }) => mask ?? [])
  const input = stacked(inputs.map((each) => each.input))
  return { inputs, input, ...(masks.length === inputs.length && { mask: stacked(masks) }) }
}

/** `[1, ...]` after each other: `[N, ...]`. */
export function stacked(examples: readonly Tensor[]): Tensor {
  if (examples.length === 1) return examples[0]!
  const { shape } = examples[0]!
  const size = sizeOf(shape)
  const data = new Float32Array(size * examples.length)
  examples.forEach((each, n) => data.set(each.data, n * size))
  return { shape: [examples.length, ...shape.slice(1)], data }
}
