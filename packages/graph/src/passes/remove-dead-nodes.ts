import type { Model, ValueName } from '@agon/core'
import { schemaOf } from '../schema/table.js'

/** The model without nodes and constants that no output depends on. Trailing outputs that nobody reads are dropped from nodes. */
export function removeDeadNodes(model: Model): Model {
  const live = new Set<ValueName>(model.outputs.map(({ name }) => name))
  const nodes = []
  for (const node of [...model.nodes].reverse()) {
    if (!node.outputs.some((name) => live.has(name))) continue
    for (const name of node.inputs) if (name !== '') live.add(name)
    const used = node.outputs.findLastIndex((name) => live.has(name)) + 1
    const keepsAll = schemaOf(node.op)?.manyOutputs || used === node.outputs.length
    nodes.push(keepsAll ? node : { ...node, outputs: node.outputs.slice(0, used) })
  }
  const constants = new Map([...model.constants].filter(([name]) => live.has(name)))
  return { ...model, nodes: nodes.reverse(), constants }
}
