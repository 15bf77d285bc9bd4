import type { Node, ValueName } from '@agon/core'
import type { StaticModel } from '../static-model.js'
import type { ResolvedRule } from './resolve.js'

/** A sum with a constant right behind a layer: the layer's bias. */
export interface BiasPair {
  readonly sum: Node
  readonly bias: ValueName
}

/**
 * Layers with a rule for linear layers, by node name, whose only reader adds a constant: exporters write a dense layer as MatMul and Add. The rule then is one of
 * both together. Not where somebody asks for the value between them.
 */
export function biasPairs(
  model: StaticModel,
  rules: ReadonlyMap<string, ResolvedRule>,
  asked: ValueName
): ReadonlyMap<string, BiasPair> {
  const pairs = new Map<string, BiasPair>()
  for (const node of model.nodes) {
    const [value] = node.outputs
    if (!rules.get(node.name)?.definition.pairsBias?.includes(node.op) || value === asked) continue
    const readers = model.nodes.filter(({ inputs }) => inputs.includes(value!))
    const isOutput = model.outputs.some(({ name }) => name === value)
    const [sum] = readers
    if (readers.length !== 1 || isOutput || sum!.op !== 'Add') continue
    const bias = sum!.inputs.find((name) => name !== value)
    const keepsShape = model.shapes.get(sum!.outputs[0]!)!.join() === model.shapes.get(value!)!.join()
    if (bias !== undefined && model.constants.has(bias) && keepsShape) pairs.set(node.name, { sum: sum!, bias })
  }
  return pairs
}
