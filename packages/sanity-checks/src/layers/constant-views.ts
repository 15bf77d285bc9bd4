import type { Model, Node, ValueName } from '@agon/core'
import { foldConstants, isAlias } from '@agon/graph'

/** A float32 constant, or a value that is one in another order or shape. */
export interface ConstantView {
  /** Key of `model.constants`. */
  readonly root: ValueName
  readonly shape: readonly number[]
}

/** Every float32 constant of a model and what Transpose, Reshape, Identity, Cast and their like make of it, by value. */
export function constantViews(model: Model): ReadonlyMap<ValueName, ConstantView> {
  const views = new Map<ValueName, ConstantView>()
  for (const [name, { dtype, shape }] of model.constants) {
    if (dtype === 'float32') views.set(name, { root: name, shape })
  }
  const movements: Node[] = []
  const roots = new Map<ValueName, ValueName>()
  const rootOf = (value: ValueName): ValueName | undefined => roots.get(value) ?? views.get(value)?.root
  for (const node of model.nodes) {
    const root =
      movesOnly(node) && node.inputs.slice(1).every((name) => isKnown(model, name))
        ? rootOf(node.inputs[0]!)
        : undefined
    if (root === undefined) continue
    movements.push(node)
    roots.set(node.outputs[0]!, root)
  }
  if (movements.length === 0) return views
  const { constants } = foldConstants({ ...model, nodes: movements })
  for (const [value, root] of roots) {
    const folded = constants.get(value)
    if (folded?.dtype === 'float32') views.set(value, { root, shape: folded.shape })
  }
  return views
}

export function movesOnly({ op }: Node): boolean {
  return isAlias(op) || op === 'Transpose'
}

function isKnown({ constants }: Model, name: ValueName): boolean {
  return name === '' || constants.has(name)
}
