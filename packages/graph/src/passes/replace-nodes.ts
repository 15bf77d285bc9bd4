import type { Model, Node, ValueName } from '@agon/core'
import { expandNode, type Steps } from './expand.js'

/** Adds the nodes that take the place of one; the last of them gets the name and the first output of the node it replaces. */
export type Replacement = (steps: Steps) => void

/**
 * The model with other nodes in the place of some. New values get names of their own; constants that only replaced nodes read
 * are dropped. Shapes need not be known.
 */
export function replaceNodes<M extends Model>(model: M, replacementOf: (node: Node) => Replacement | undefined): M {
  const named = model.nodes.flatMap(({ name, outputs }) => [name, ...outputs])
  const taken = new Set([...model.inputs.map(({ name }) => name), ...model.constants.keys(), ...named])
  const constants = new Map(model.constants)
  const nodes = model.nodes.flatMap((node) => {
    const replacement = replacementOf(node)
    if (replacement === undefined) return [node]
    const parts = expandNode((_, steps) => replacement(steps), { node, attributes: {}, inputs: [] }, taken)
    for (const [name, constant] of parts.constants) constants.set(name, constant)
    return parts.nodes
  })
  const [before, after] = [readIn(model.nodes), readIn(nodes)]
  const outputs = new Set(model.outputs.map(({ name }) => name))
  for (const name of model.constants.keys()) {
    if (before.has(name) && !after.has(name) && !outputs.has(name)) constants.delete(name)
  }
  return { ...model, nodes, constants }
}

function readIn(nodes: readonly Node[]): ReadonlySet<ValueName> {
  return new Set(nodes.flatMap(({ inputs }) => inputs))
}
