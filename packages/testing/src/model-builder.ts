import { createRandom, sizeOf, type Attribute, type Constant, type Model, type Node, type Random } from '@agon/core'
import { inferShapes } from '@agon/graph'

/** A model under construction: nodes are added one by one, each call gives the name of a value. */
export interface ModelBuilder {
  readonly input: string
  /** Adds a node with one output. */
  add(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, Attribute>>): string
  /** Adds a node with several outputs. */
  addMany(
    op: string,
    inputs: readonly string[],
    outputs: number,
    attributes?: Readonly<Record<string, Attribute>>
  ): string[]
  /** Adds float weights, normal with the given standard deviation. */
  weights(shape: readonly number[], deviation?: number): string
  /** Adds float weights, uniform in low..high. */
  uniform(shape: readonly number[], low: number, high: number): string
  /** Adds given numbers as floats. */
  floats(shape: readonly number[], data: readonly number[]): string
  /** Adds whole numbers; a plain list is a vector. */
  integers(data: readonly number[], shape?: readonly number[]): string
  /** Adds truth values. */
  booleans(shape: readonly number[], data: readonly boolean[]): string
}

/**
 * Builds a model of one float input `[N, ...]`; the callback returns the name of the output. Weights are drawn from `seed`.
 * Throws what shape inference throws if the graph contradicts itself.
 */
export function modelOf(
  name: string,
  exampleShape: readonly number[],
  build: (builder: ModelBuilder) => string,
  seed = 0
): Model {
  const nodes: Node[] = []
  const constants = new Map<string, Constant>()
  const random = createRandom(seed).fork('weights')
  const output = build(builderOf(nodes, constants, random))
  const inputs = [{ name: 'x', dtype: 'float32', shape: ['N', ...exampleShape] }] as const
  const untyped: Model = { name, inputs, outputs: [{ name: output, dtype: 'float32', shape: [] }], nodes, constants }
  const { shape, dtype } = inferShapes(untyped).get(output)!
  return { ...untyped, outputs: [{ name: output, dtype, shape: shape[0] === 1 ? ['N', ...shape.slice(1)] : shape }] }
}

function builderOf(nodes: Node[], constants: Map<string, Constant>, random: Random): ModelBuilder {
  const constant = (value: Constant): string => {
    const name = `c${constants.size}`
    constants.set(name, value)
    return name
  }
  const floats = (shape: readonly number[], draw: (i: number) => number): string =>
    constant({ dtype: 'float32', shape, data: Float32Array.from({ length: sizeOf(shape) }, (_, i) => draw(i)) })
  const addMany: ModelBuilder['addMany'] = (op, inputs, count, attributes = {}) => {
    const name = `${op.toLowerCase()}${nodes.length}`
    const outputs = Array.from({ length: count }, (_, o) => (count === 1 ? `${name}_out` : `${name}_out${o}`))
    nodes.push({ name, op, inputs, outputs, attributes })
    return outputs
  }
  return {
    input: 'x',
    add: (op, inputs, attributes) => addMany(op, inputs, 1, attributes)[0]!,
    addMany,
    weights: (shape, deviation = 1) => floats(shape, () => deviation * random.normal()),
    uniform: (shape, low, high) => floats(shape, () => low + (high - low) * random.uniform()),
    floats: (shape, data) => floats(shape, (i) => data[i]!),
    integers: (data, shape = [data.length]) => constant({ dtype: 'int64', shape, data: Float64Array.from(data) }),
    booleans: (shape, data) => constant({ dtype: 'bool', shape, data: Uint8Array.from(data, Number) })
  }
}
