import type { Model, Node, ValueName } from '@agon/core'

/** The value itself and every value that is computed from it. */
export function dependents({ nodes }: Pick<Model, 'nodes'>, value: ValueName): ReadonlySet<ValueName> {
  const found = new Set([value])
  for (const node of nodes) {
    if (reads(node, found)) node.outputs.forEach((name) => found.add(name))
  }
  return found
}

/** Whether a node has one of the values among its inputs. */
export function reads({ inputs }: Node, values: ReadonlySet<ValueName>): boolean {
  return inputs.some((name) => values.has(name))
}
