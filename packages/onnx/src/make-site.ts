import type { Constant, Node, ValueName } from '@agon/core'
import type { Names } from './names.js'
import type { Site } from './upgrade/site.js'

/** What is known of the values of the graph that is being read. */
export interface Values {
  readonly constants: Map<ValueName, Constant>
  readonly lookUp: (name: ValueName) => Constant | undefined
  /** Every value that something reads. */
  readonly read: ReadonlySet<ValueName>
}

export function makeSite(node: Node, version: number, names: Names, { constants, lookUp }: Values): Site {
  const value = (role: string): ValueName => names.fresh(`${node.name}/${role}`)
  return {
    node,
    version,
    value,
    constant: (i) => (node.inputs[i] ? lookUp(node.inputs[i]) : undefined),
    define(i, constant) {
      constants.set(node.outputs[i]!, constant)
    },
    add(role, constant) {
      const name = value(role)
      constants.set(name, constant)
      return name
    }
  }
}
