import { AgonError, knownNames, type Model, type Node } from '@agon/core'
import { checkedChoice, families, familyOf, smoothableOperators, type SmoothChoice, type Family } from './choices.js'
import type { SmoothOptions } from './smooth.js'

/** One node and what takes its place. */
export interface SmoothSwap {
  readonly node: string
  readonly op: string
  readonly choice: SmoothChoice
}

/**
 * Which nodes `smooth` swaps with these options, in the order of the model. Throws AGON_BAD_OPTION for an option that does not exist or
 * does not fit, AGON_UNKNOWN_NAME for a node that is not there, with the nearest one.
 */
export function plannedSwaps(model: Model, options: SmoothOptions): readonly SmoothSwap[] {
  const byFamily = new Map<Family, SmoothChoice>()
  for (const family of Object.keys(families) as Family[]) {
    const given = options[family]
    if (given !== undefined) byFamily.set(family, checkedChoice(`option '${family}'`, given, families[family].to))
  }
  for (const name of options.only ?? []) smoothableNode(model, name)
  const byNode = new Map(Object.entries(options.nodes ?? {}).map(([name, given]) => [name, ofNode(model, name, given)]))
  return model.nodes.flatMap((node) => {
    const family = familyOf(node.op)
    if (family === undefined) return []
    const named = options.only === undefined || options.only.includes(node.name)
    const choice = byNode.has(node.name) ? byNode.get(node.name) : named ? byFamily.get(family) : undefined
    return choice === undefined ? [] : [{ node: node.name, op: node.op, choice }]
  })
}

function ofNode(model: Model, name: string, given: SmoothChoice | 'keep'): SmoothChoice | undefined {
  const node = smoothableNode(model, name)
  return given === 'keep' ? undefined : checkedChoice(`node '${name}'`, given, families[familyOf(node.op)!].to)
}

function smoothableNode(model: Model, name: string): Node {
  const node = model.nodes.find((each) => each.name === name)
  if (node === undefined) {
    const known = model.nodes.filter(({ op }) => smoothableOperators.includes(op)).map((each) => each.name)
    throw new AgonError('AGON_UNKNOWN_NAME', { what: `node of model '${model.name}'`, ...knownNames(name, known) })
  }
  if (smoothableOperators.includes(node.op)) return node
  throw new AgonError('AGON_BAD_OPTION', {
    what: `node '${name}'`,
    expected: `a node of ${smoothableOperators.join(', ')}`,
    found: node.op
  })
}
