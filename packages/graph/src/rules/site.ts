import type { Attribute, Constant, Node, ValueName } from '@agon/core'
import type { Shape } from '../facts.js'
import type { StaticModel } from '../static-model.js'
import type { Pairs } from './lift/pairs.js'

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
  /** A constant that is added to what the node gives, as its bias. */
  readonly bias?: ValueName
  /** Adds the node, its bias included, and gives its first output. */
  value(): ValueName
  /** Adds float numbers. */
  floats(shape: Shape, values: ArrayLike<number>): ValueName
  /** Adds whole numbers. */
  integers(shape: Shape, values: readonly number[]): ValueName
  /** Whether something goes back from input i to the model's input: it depends on it, and not only by way of what rules detach. */
  isLive(input: number): boolean
  /** Whether input i depends on the value that the derivative is taken to. */
  isBelow(input: number): boolean
  /** Whether input i is known to be 0 or above. */
  isNonNegative(input: number): boolean
  /** Pairs of the model's values, for rules that keep positive and negative differences apart. */
  readonly pairs: Pairs
  /** A value that is 1 and carries the relevance of input i, also where that is 0. */
  ones(input: number): ValueName
  /** Says that a value carries the relevance of the node's output, also where that is 0. */
  carry(value: ValueName): void
  /** Input i, and output o, in the forward pass of the baseline. Only for rules that compare. */
  baselineInput(input: number): ValueName
  baselineOutput(output?: number): ValueName
}
