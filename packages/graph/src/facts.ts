import type { Attribute, Constant, DType, Node, ValueName } from '@agon/core'

export type Shape = readonly number[]

/** What is known of a value once its model has a fixed input shape. */
export interface ValueType {
  readonly shape: Shape
  readonly dtype: DType
}

/** A value that a node reads; `constant` where the value is known. */
export interface Operand extends ValueType {
  readonly name: ValueName
  readonly constant?: Constant
}

/** A node with its attributes completed by the schema's defaults, and what is known of its inputs (`undefined`: absent). */
export interface Operands {
  readonly node: Node
  readonly attributes: Readonly<Record<string, Attribute | undefined>>
  readonly inputs: readonly (Operand | undefined)[]
}

/** The same with what is known of its outputs. */
export interface Facts extends Operands {
  readonly outputs: readonly ValueType[]
}

/** Types of a node's outputs, in order; there may be fewer names than types, never more. */
export type Infer = (operands: Operands) => readonly ValueType[]

/** Values of a node's outputs when every input is a constant, one number per element. */
export type Evaluate = (facts: Facts) => readonly ArrayLike<number>[]
