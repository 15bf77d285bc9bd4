import type { Attribute, Constant, Node, ValueName } from '@agon/core'
import type { Shape } from '../facts.js'
import type { StaticModel } from '../static-model.js'

/** A node whose rule rewrites it, and what the rewriting builds with. Names are those of the surrogate. */
export interface Site {
  /** The node, reading the surrogate's values. */
  readonly node: Node
  /** The node as the model has it, and the model. */
  readonly original: Node
  readonly model: StaticModel
  /** Input i as a constant; undefined for one that depends on the model's input, and for an absent one. */
  constantOf(input: number): Constant | undefined
  /** Shape of input i. */
  shapeOf(input: number): Shape
  /** Shape of an output. */
  outputShape(output?: number): Shape
  /** Adds a node with one output and gives its name. */
  add(op: string, inputs: readonly ValueName[], attributes?: Readonly<Record<string, Attribute>>): ValueName
  /** Adds the node itself, on other inputs and with other attributes where they are given, and gives its outputs. */
  copy(inputs?: readonly ValueName[], attributes?: Readonly<Record<string, Attribute>>): readonly ValueName[]
  /** Adds float numbers. */
  floats(shape: Shape, values: ArrayLike<number>): ValueName
  /** A value that is 1 up to rounding and carries the relevance of input i, also where that is 0. */
  ones(input: number): ValueName
  /** Input i, and output o, in the forward pass of the baseline. Only for rules that compare. */
  baselineInput(input: number): ValueName
  baselineOutput(output?: number): ValueName
}
