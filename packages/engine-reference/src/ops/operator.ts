import type { Node, ValueName } from '@agon/core'
import type { StaticModel } from '@agon/graph'

/** The elements of one value, row-major, for one example. Booleans are 0 and 1, integers whole numbers. */
export type Values = Float64Array

/** What becomes of a factor before it is multiplied. */
export type Factor = (values: Values) => Values

/** What an operator knows about the node it runs. */
export interface NodeContext {
  readonly node: Node
  readonly model: StaticModel
  /** Static shape of a value; of an absent one `[]`. */
  shape(value: ValueName): readonly number[]
  /** Does anybody want the cotangent of this input? Others need not be computed. */
  wanted(input: number): boolean
  /** Factors of the products of a convolution or matrix product on the way back, at the precision of the pass. */
  readonly factor: Factor
  /** A table of the node, made once per session. `key` tells several tables of one node apart. */
  table<T>(key: string, make: (node: Node, model: StaticModel) => T): T
}

/** One operator. An absent optional input is `undefined`; so is a cotangent that is zero everywhere. */
export interface Operator {
  /** All outputs, in order. */
  forward(inputs: Inputs, context: NodeContext): Values[]
  /** The cotangents of the inputs, given those of the outputs: the transposed Jacobian at `inputs`, applied. */
  vjp(inputs: Inputs, outputs: readonly Values[], cotangents: Cotangents, context: NodeContext): (Values | undefined)[]
}

export type Inputs = readonly (Values | undefined)[]
export type Cotangents = readonly (Values | undefined)[]

/** Operators by ONNX name. */
export type OperatorTable = Readonly<Record<string, Operator>>

/** An operator with one output whose derivative is zero everywhere it exists: comparisons, rounding, shapes. */
export function piecewiseConstant(forward: (inputs: Inputs, context: NodeContext) => Values): Operator {
  return {
    forward: (inputs, context) => [forward(inputs, context)],
    vjp: () => []
  }
}
