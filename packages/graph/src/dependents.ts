import type { Model, Node, ValueName } from '@agon/core'

/** The values themselves and every value that is computed from them. */
export function dependents({ nodes }: Pick<Model, 'nodes'>, values: readonly ValueName[]): ReadonlySet<ValueName> {
  const found = new Set(values)
  for (const node of nodes) {
    if (reads(node, found)) node.outputs.forEach((name) => found.add(name))
  }
  return found
}

/** Whether a node has one of the values among its inputs. */
export function reads({ inputs }: Node, values: ReadonlySet<ValueName>): boolean {
  return inputs.some((name) => values.has(name))
}
