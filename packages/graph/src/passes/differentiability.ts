import type { Model, Node, ValueName } from '@agon/core'
import { definitionOf } from '../schema/table.js'
import type { Derivative } from '../schema/schema.js'

/** How one node is differentiated. */
export interface NodeDerivative {
  readonly node: string
  readonly op: string
  readonly derivative: Derivative
  readonly note: string
}

/** One row per node, in order, for reports. A node that no data of the input reaches has derivative `zero`. */
export function differentiability(model: Model): readonly NodeDerivative[] {
  const reached = new Set<ValueName>(model.inputs.map(({ name }) => name))
  return model.nodes.map((node) => {
    const depends = node.inputs.some((name) => reached.has(name)) && !definitionOf(node.op)?.ofShapes
    if (depends) for (const name of node.outputs) reached.add(name)
    return { node: node.name, op: node.op, ...(depends ? derivativeOf(node, reached) : constantNode) }
  })
}

const constantNode = { derivative: 'zero', note: "does not depend on the model's input" } as const

function derivativeOf(node: Node, reached: ReadonlySet<ValueName>): Pick<NodeDerivative, 'derivative' | 'note'> {
  const definition = definitionOf(node.op)
  if (definition === undefined) return { derivative: 'none', note: 'unknown operator' }
  const { note = '' } = definition
  const derivative = definition.derivativeOf?.(node) ?? definition.derivative
  if (derivative === 'none') return { derivative, note: 'only evaluated on constants' }
  if (derivative === 'table only' && !reached.has(node.inputs[1]!))
    return { derivative: 'exact', note: 'constant indices' }
  return { derivative, note }
}
