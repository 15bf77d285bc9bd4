import type { Attribute, Constant, Node, ValueName } from '@agon/core'
import type { Operands } from '../facts.js'
import { constantOf } from '../fold/make.js'

/** Collects the simpler nodes that a composite operator stands for. */
export interface Steps {
  /** Adds a node with one output of its own and gives its name. */
  readonly add: (
    op: string,
    inputs: readonly ValueName[],
    attributes?: Readonly<Record<string, Attribute>>
  ) => ValueName
  /** Adds Split into `count` parts. */
  readonly split: (input: ValueName, axis: number, count: number) => readonly ValueName[]
  /** Adds a constant and gives its name. */
  readonly constant: (dtype: Constant['dtype'], shape: readonly number[], values: readonly number[]) => ValueName
}

/** Says what a composite operator stands for; the last added node takes the place, name and output of the composite one. */
export type Expand = (operands: Operands, steps: Steps) => void

export interface Expanded {
  readonly nodes: readonly Node[]
  readonly constants: ReadonlyMap<ValueName, Constant>
}

/** The nodes that a node stands for. `taken` holds the names in use, of values and nodes; new ones are added to it. */
export function expandNode(expand: Expand, operands: Operands, taken: Set<string>): Expanded {
  const { node } = operands
  const nodes: Node[] = []
  const constants = new Map<ValueName, Constant>()
  const fresh = (part: string): string => {
    let name = `${node.name}/${part}`
    for (let i = 2; taken.has(name); i++) name = `${node.name}/${part}_${i}`
    taken.add(name)
    return name
  }
  const push = (op: string, inputs: readonly ValueName[], outputs: number, attributes = {}): readonly ValueName[] => {
    const name = fresh(op)
    const made = Array.from({ length: outputs }, (_, i) => (outputs === 1 ? name : fresh(`${op}_${i}`)))
    nodes.push({ name, op, inputs, outputs: made, attributes })
    return made
  }
  expand(operands, {
    add: (op, inputs, attributes) => push(op, inputs, 1, attributes)[0]!,
    split: (input, axis, count) => push('Split', [input], count, { axis, num_outputs: count }),
    constant: (dtype, shape, values) => {
      const name = fresh('constant')
      constants.set(name, constantOf(dtype, shape, values))
      return name
    }
  })
  const last = nodes.pop()!
  return { nodes: [...nodes, { ...last, name: node.name, outputs: [node.outputs[0]!] }], constants }
}
