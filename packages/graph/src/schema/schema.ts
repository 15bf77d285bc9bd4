import type { Attribute, Node } from '@agon/core'
import type { Evaluate, Facts, Infer } from '../facts.js'
import type { Expand } from '../passes/expand.js'
import type { Standard } from '../passes/smooth-standards.js'
import type { Windows } from '../geometry/windows.js'

/**
 * How an operator is differentiated: `exact` (with the stated convention at kinks), `zero` (piecewise constant),
 * `table only` (a lookup: the derivative reaches the table and not the indices), `none` (never run, only folded into constants), `steered` (something else
 * than the derivative goes back).
 */
export type Derivative = 'exact' | 'zero' | 'table only' | 'none' | 'steered'

export type AttributeKind = 'int' | 'float' | 'string' | 'ints' | 'floats' | 'strings' | 'tensor'

export interface AttributeSpec {
  readonly kind: AttributeKind
  readonly default?: Attribute
  readonly required?: boolean
}

/** What ONNX opset 21 says of an operator, or we of one of our own, and what Agon does with it. */
export interface OpSchema {
  readonly op: string
  /** `''` is ONNX; `agon` holds operators of our own. */
  readonly domain: '' | 'agon'
  /** Least and largest number of inputs, then of outputs. */
  readonly inputs: readonly [number, number]
  readonly outputs: readonly [number, number]
  readonly attributes: Readonly<Record<string, AttributeSpec>>
  readonly derivative: Derivative
  /** What to know of the derivative: the convention at kinks, inputs without a derivative. */
  readonly note?: string
  /** The first output is the first input: same elements, same order. */
  readonly alias: boolean
  /** Outputs beyond the first can be used (Split). */
  readonly manyOutputs: boolean
}

/** A schema with the functions that give it meaning. The table of these is the single list of operators. */
export interface Definition extends OpSchema {
  readonly infer: Infer
  readonly evaluate?: Evaluate
  /** The derivative of one node, where its attributes decide. */
  readonly derivativeOf?: (node: Node) => Derivative
  /** For each output element the input element, -1 = pad value. */
  readonly gather?: (facts: Facts, output: number) => Int32Array
  /** Output elements as weighted sums of input elements. */
  readonly linear?: (facts: Facts) => Windows
  /** The simpler nodes that `specialize` puts in its place. */
  readonly expand?: Expand
  /** The operators of ONNX that say the same, for operators of our own. */
  readonly standard?: Standard
  /** Its value follows from the shapes of its inputs alone (Shape, Size). */
  readonly ofShapes?: true
  /** Output elements as the extreme, sharp or smooth, of input elements. */
  readonly extreme?: (facts: Facts) => Windows
}

type Given = Omit<Partial<Definition>, 'op' | 'inputs' | 'outputs'> & {
  readonly infer: Infer
  readonly outputs?: readonly [number, number]
}

/** Completes a definition: one output, no attributes, an exact derivative where nothing else is said. */
export function define(op: string, inputs: readonly [number, number], given: Given): Definition {
  return {
    op,
    domain: '',
    inputs,
    outputs: [1, 1],
    attributes: {},
    derivative: 'exact',
    alias: false,
    manyOutputs: false,
    ...given
  }
}

export const int = (value?: number): AttributeSpec => spec('int', value)
export const float = (value?: number): AttributeSpec => spec('float', value)
export const text = (value?: string): AttributeSpec => spec('string', value)
export const ints = (value?: readonly number[]): AttributeSpec => spec('ints', value)
export const required = (kind: AttributeKind): AttributeSpec => ({ kind, required: true })

function spec(kind: AttributeKind, value?: Attribute): AttributeSpec {
  return value === undefined ? { kind } : { kind, default: value }
}
