import { AgonError, type Model, type Node, type ValueName } from '@agon/core'
import { schemaOf, specialize, type StaticModel } from '@agon/graph'
import type { Factor, Inputs, NodeContext, Operator, Values } from './ops/operator.js'
import { operators } from './operators.js'

/** A model at a fixed input shape of one example, its constants in float64, and the tables that its operators made. */
export interface Program {
  readonly model: StaticModel
  readonly constants: ReadonlyMap<ValueName, Values>
  readonly tables: Map<Node, Map<string, unknown>>
}

/**
 * Makes a model ready to run on examples of shape `[1, ...]`. Throws what `specialize` throws, and AGON_UNSUPPORTED_OPERATOR for what
 * this engine does not run.
 */
export function compile(model: Model, inputShape: readonly number[]): Program {
  assertSupported(model, (op) => schemaOf(op) !== undefined)
  const fixed = specialize(model, inputShape)
  assertSupported(fixed, (op) => Object.hasOwn(operators, op))
  const constants = new Map([...fixed.constants].map(([name, { data }]) => [name, Float64Array.from(data)]))
  return { model: fixed, constants, tables: new Map() }
}

/** Throws one AGON_UNSUPPORTED_OPERATOR that names every node whose operator is not known. */
export function assertSupported(model: Model, known: (op: string) => boolean): void {
  const unknown = model.nodes.filter(({ op }) => !known(op))
  if (unknown.length === 0) return
  throw new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: `model '${model.name}' on the reference engine`,
    expected: 'operators that it runs',
    found: unknown.map(({ op, name }) => `${op} (node '${name}')`).join(', '),
    remedy: 'Cut the model before these nodes, or express them by other operators when exporting.'
  })
}

export function operatorOf(node: Node): Operator {
  return operators[node.op]!
}

export function contextOf(
  program: Program,
  node: Node,
  wanted: (input: number) => boolean = () => true,
  factor: Factor = (values) => values
): NodeContext {
  return {
    node,
    model: program.model,
    shape: (value) => program.model.shapes.get(value) ?? [],
    wanted,
    factor,
    table: (key, make) => tableOf(program, node, key, make)
  }
}

function tableOf<T>(program: Program, node: Node, key: string, make: (node: Node, model: StaticModel) => T): T {
  const ofNode = program.tables.get(node) ?? new Map<string, unknown>()
  program.tables.set(node, ofNode)
  if (!ofNode.has(key)) ofNode.set(key, make(node, program.model))
  return ofNode.get(key) as T
}

/** The values that a node reads, `undefined` for absent ones. */
export function inputsOf(node: Node, values: ReadonlyMap<ValueName, Values>): Inputs {
  return node.inputs.map((name) => (name === '' ? undefined : values.get(name)))
}
