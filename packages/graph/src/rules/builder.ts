import type { Attribute, Constant, Node, ValueName } from '@agon/core'
import type { Shape } from '../facts.js'
import type { StaticModel } from '../static-model.js'

/** A surrogate in the making. */
export interface SurrogateBuilder {
  readonly nodes: readonly Node[]
  readonly constants: ReadonlyMap<ValueName, Constant>
  /** A name that nothing has yet. */
  fresh(name: string): string
  push(node: Node): void
  /** Adds a node with one output, named after `owner`, and gives its name. */
  add(
    owner: string,
    op: string,
    inputs: readonly ValueName[],
    attributes?: Readonly<Record<string, Attribute>>
  ): ValueName
  floats(owner: string, shape: Shape, values: ArrayLike<number>): ValueName
  integers(owner: string, shape: Shape, values: readonly number[]): ValueName
}

/** Starts with the constants of a model, and with none of its nodes. */
export function createSurrogateBuilder(model: StaticModel): SurrogateBuilder {
  const nodes: Node[] = []
  const constants = new Map(model.constants)
  const taken = new Set([...model.shapes.keys(), ...model.nodes.map(({ name }) => name)])
  const fresh = (wanted: string): string => {
    let name = wanted
    for (let i = 2; taken.has(name); i++) name = `${wanted}_${i}`
    taken.add(name)
    return name
  }
  const hold = (owner: string, constant: Constant): ValueName => {
    const name = fresh(`${owner}/constant`)
    constants.set(name, constant)
    return name
  }
  return {
    nodes,
    constants,
    fresh,
    push: (node) => nodes.push(node),
    add(owner, op, inputs, attributes = {}) {
      const name = fresh(`${owner}/${op}`)
      nodes.push({ name, op, inputs, outputs: [name], attributes })
      return name
    },
    floats: (owner, shape, values) => hold(owner, { dtype: 'float32', shape, data: Float32Array.from(values) }),
    integers: (owner, shape, values) => hold(owner, { dtype: 'int64', shape, data: Float64Array.from(values) })
  }
}
