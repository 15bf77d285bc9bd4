import type { Constant, Model, Node, ValueName } from '@agon/core'
import type { Operands, ValueType } from '../facts.js'
import { createLiveBudget, foldingBudget, needIndexable, type Budget } from '../fold/budget.js'
import { constantOf } from '../fold/make.js'
import { definitionOfNode, operandsOf } from '../node-facts.js'
import type { Definition } from '../schema/schema.js'
import { expandNode } from './expand.js'

/** What one walk over a model finds out. */
export interface Propagated {
  /** Types of all values: inputs, constants, node outputs. */
  readonly types: ReadonlyMap<ValueName, ValueType>
  /** The model's constants and the folded ones. */
  readonly constants: ReadonlyMap<ValueName, Constant>
  /** The nodes that are not folded, in order, composite ones replaced by what they stand for. */
  readonly nodes: readonly Node[]
}

interface Walk {
  readonly types: Map<ValueName, ValueType>
  readonly constants: Map<ValueName, Constant>
  readonly nodes: Node[]
  readonly budget: Budget
  readonly live: Budget
  readonly taken: Set<string>
}

/** Infers types and folds constants in one walk, because the shapes of later nodes depend on the constants of earlier ones. */
export function propagate(model: Model, inputs: ReadonlyMap<ValueName, ValueType>): Propagated {
  const constants = new Map(model.constants)
  const types = new Map<ValueName, ValueType>(inputs)
  for (const [name, { shape, dtype }] of constants) types.set(name, { shape, dtype })
  const names = model.nodes.flatMap(({ name, outputs }) => [name, ...outputs])
  const taken = new Set([...types.keys(), ...names])
  const live = createLiveBudget([...inputs.values(), ...constants.values()])
  const walk: Walk = { types, constants, nodes: [], budget: foldingBudget(model), live, taken }
  for (const node of model.nodes) visit(node, walk)
  return walk
}

function visit(node: Node, walk: Walk): void {
  const { types, constants, nodes, budget, live, taken } = walk
  const definition = definitionOfNode(node)
  const operands = operandsOf(node, types, constants)
  const outputs = definition.infer(operands).slice(0, node.outputs.length)
  needIndexable(node, outputs)
  node.outputs.forEach((name, i) => name !== '' && types.set(name, outputs[i]!))
  const folded = foldNode(definition, operands, outputs, budget)
  if (folded !== undefined) {
    node.outputs.forEach((name, i) => name !== '' && constants.set(name, folded[i]!))
  } else if (definition.expand === undefined) {
    if (!definition.alias) live.spend(node, outputs)
    nodes.push(node)
  } else {
    const expanded = expandNode(definition.expand, operands, taken)
    for (const [name, constant] of expanded.constants) {
      constants.set(name, constant)
      types.set(name, constant)
    }
    for (const part of expanded.nodes) visit(part, walk)
  }
}

/** The values of a node's outputs if they are known; `undefined` if they are not. */
export function foldNode(
  { evaluate, ofShapes, alias }: Definition,
  operands: Operands,
  outputs: readonly ValueType[],
  budget: Budget
): readonly Constant[] | undefined {
  const known = ofShapes || operands.inputs.every((operand) => operand === undefined || operand.constant !== undefined)
  if (evaluate === undefined || !known) return undefined
  // Aliases share the memory of what they are aliases of.
  if (!alias) budget.spend(operands.node, outputs)
  const values = evaluate({ ...operands, outputs })
  if (values.length < outputs.length) return undefined
  return outputs.map(({ dtype, shape }, i) => constantOf(dtype, shape, values[i]!))
}
