import type { Attribute, Constant, Model, Node, ValueInfo } from '@agon/core'
import { foldConstants, specialize, type StaticModel } from '../src/index.js'

export const floats = (shape: readonly number[], data: readonly number[]): Constant => ({
  dtype: 'float32',
  shape,
  data: Float32Array.from(data)
})
export const integers = (...data: readonly number[]): Constant => ({
  dtype: 'int64',
  shape: [data.length],
  data: Float64Array.from(data)
})
export const scalar = (value: number): Constant => ({ dtype: 'int64', shape: [], data: Float64Array.of(value) })
export const bools = (...data: readonly number[]): Constant => ({
  dtype: 'bool',
  shape: [data.length],
  data: Uint8Array.from(data)
})

/** 1, 2, 3, ... */
export const counting = (shape: readonly number[]): Constant =>
  floats(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1)
  )

export const node = (
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {}
): Node => ({ name: outputs[0] || op, op, inputs, outputs, attributes })

interface Parts {
  readonly input?: readonly (number | string)[]
  readonly dtype?: ValueInfo['dtype']
  readonly constants?: Readonly<Record<string, Constant>>
  readonly outputs?: readonly string[]
}

/** A model with input `x` and, unless stated, the last node's first output. */
export function modelOf(
  nodes: readonly Node[],
  { input = [1, 3], dtype = 'float32', constants = {}, outputs }: Parts = {}
): Model {
  const names = outputs ?? [nodes.at(-1)!.outputs[0]!]
  return {
    name: 'test',
    inputs: [{ name: 'x', dtype, shape: input }],
    outputs: names.map((name) => ({ name, dtype: 'float32', shape: ['N'] })),
    nodes,
    constants: new Map(Object.entries(constants))
  }
}

interface Single {
  readonly attributes?: Readonly<Record<string, Attribute>>
  /** Further inputs; `undefined` leaves one out. */
  readonly constants?: readonly (Constant | undefined)[]
  readonly outputs?: number
  readonly dtype?: ValueInfo['dtype']
}

/** One node over input `x` and constants `c1`, `c2`, ..., with outputs `y0`, `y1`, ... */
export function singleModel(
  op: string,
  shape: readonly number[],
  { attributes, constants = [], outputs = 1, dtype = 'float32' }: Single = {}
): Model {
  const names = constants.map((constant, i) => (constant === undefined ? '' : `c${i + 1}`))
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const given = constants.flatMap((constant, i) => (constant === undefined ? [] : [[`c${i + 1}`, constant] as const]))
  return modelOf([node(op, ['x', ...names], made, attributes)], {
    input: shape,
    dtype,
    constants: Object.fromEntries(given),
    outputs: made
  })
}

/** The same, specialised to its shape. */
export function single(op: string, shape: readonly number[], options: Single = {}): { model: StaticModel; node: Node } {
  const model = specialize(singleModel(op, shape, options), shape)
  return { model, node: model.nodes[0]! }
}

/** Shape of output 0, or of another. */
export function shapeOf(op: string, shape: readonly number[], options: Single = {}, output = 0): readonly number[] {
  return single(op, shape, options).model.shapes.get(`y${output}`)!
}

/** The constant that one node over constants is folded into. */
export function folded(
  op: string,
  inputs: readonly (Constant | undefined)[],
  attributes: Readonly<Record<string, Attribute>> = {}
): Constant {
  const names = inputs.map((constant, i) => (constant === undefined ? '' : `c${i}`))
  const given = inputs.flatMap((constant, i) => (constant === undefined ? [] : [[`c${i}`, constant] as const]))
  const model = modelOf([node(op, names, ['k'], attributes)], { constants: Object.fromEntries(given) })
  const constant = foldConstants(model).constants.get('k')
  if (constant === undefined) throw new Error(`${op} was not folded`)
  return constant
}

/** The values of a constant as plain numbers. */
export const valuesOf = ({ data }: Constant): number[] => [...data]
