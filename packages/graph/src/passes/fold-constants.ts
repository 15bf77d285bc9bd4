import type { Model, Node } from '@agon/core'
import { foldingBudget } from '../fold/budget.js'
import { definitionOf } from '../schema/table.js'
import { operandsOf } from '../node-facts.js'
import { foldNode } from './propagate.js'

/** The model with every node evaluated whose inputs are all constants. Shapes of other values need not be known. */
export function foldConstants(model: Model): Model {
  const constants = new Map(model.constants)
  const budget = foldingBudget(model)
  const nodes: Node[] = []
  for (const node of model.nodes) {
    const definition = definitionOf(node.op)
    const known = node.inputs.every((name) => name === '' || constants.has(name))
    if (definition?.evaluate === undefined || !known) {
      nodes.push(node)
      continue
    }
    const operands = operandsOf(node, new Map(), constants)
    const outputs = definition.infer(operands).slice(0, node.outputs.length)
    const folded = foldNode(definition, operands, outputs, budget)
    if (folded === undefined) nodes.push(node)
    else node.outputs.forEach((name, i) => name !== '' && constants.set(name, folded[i]!))
  }
  return { ...model, nodes, constants }
}
