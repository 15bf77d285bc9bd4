import { AgonError, type Attribute, type Constant, type Node, type ValueName } from '@agon/core'
import { trimmed } from '../raw-node.js'

/** Where an operator is upgraded: the node with its attributes read, and the means to make what its new form needs. */
export interface Site {
  readonly node: Node
  /** Version of the operator set that gives the node its meaning. */
  readonly version: number
  /** Input i, if it is a constant. */
  constant(i: number): Constant | undefined
  /** Adds a constant and gives its name. `role` says what it is for. */
  add(role: string, constant: Constant): ValueName
  /** Says that output i is a constant; the node itself is not needed then. */
  define(i: number, constant: Constant): void
  /** A name for a new value. */
  value(role: string): ValueName
}

/** Why a node cannot be had, and what to do. */
export interface Refusal {
  readonly refused: string
  readonly remedy: string
}

/** Rewrites a node of an older form to nodes with the semantics of opset 21. */
export type Upgrade = (site: Site) => readonly Node[] | Refusal

/** A constant list of whole numbers. */
export function integers(values: readonly number[]): Constant {
  return { dtype: 'int64', shape: [values.length], data: Float64Array.from(values) }
}

export function scalar(value: number): Constant {
  return { dtype: 'float32', shape: [], data: Float32Array.of(value) }
}

/** The node with other inputs and without the named attributes. */
export function reform(node: Node, inputs: readonly ValueName[], without: readonly string[] = []): Node {
  const attributes = Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !without.includes(name)))
  return { ...node, inputs: trimmed(inputs), attributes }
}

/** A new node that belongs to the site's: named after it. */
export function extra(
  { node }: Site,
  op: string,
  inputs: readonly ValueName[],
  outputs: readonly ValueName[],
  attributes: Readonly<Record<string, Attribute>> = {}
): Node {
  return { name: `${node.name}/${op}`, op, inputs, outputs, attributes }
}

export function numberAttribute({ node }: Site, name: string): number | undefined {
  const value = node.attributes[name]
  if (value === undefined || typeof value === 'number') return value
  throw wrong(node, name, 'a number')
}

export function numbersAttribute({ node }: Site, name: string): readonly number[] | undefined {
  const value = node.attributes[name]
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'number')) return value as readonly number[]
  throw wrong(node, name, 'a list of numbers')
}

export function textAttribute({ node }: Site, name: string): string | undefined {
  const value = node.attributes[name]
  if (value === undefined || typeof value === 'string') return value
  throw wrong(node, name, 'a text')
}

function wrong(node: Node, name: string, expected: string): AgonError {
  const what = `attribute '${name}' of ${node.op} node '${node.name}'`
  return new AgonError('AGON_BAD_MODEL', { what, expected, found: 'another kind' })
}

/** Throws AGON_BAD_MODEL unless the node has the output or input that its form needs. */
export function need<T>(value: T | undefined, { node }: Site, expected: string): T {
  if (value !== undefined && value !== '') return value
  throw new AgonError('AGON_BAD_MODEL', { what: `${node.op} node '${node.name}'`, expected, found: 'none' })
}
