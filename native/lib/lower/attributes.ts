import { AgonError, type Attribute, type Node } from '@agon/core'
import { attributesOf } from '@agon/graph'

/** A number attribute of a node, or the default that the operator's schema gives it. */
export function numberAttribute(node: Node, name: string): number {
  const value = attributesOf(node)[name]
  return typeof value === 'number' ? value : wrong(node, name, 'a number', value)
}

/** A text attribute of a node, or the default that the operator's schema gives it. */
export function textAttribute(node: Node, name: string): string {
  const value = attributesOf(node)[name]
  return typeof value === 'string' ? value : wrong(node, name, 'a text', value)
}

function wrong(node: Node, name: string, expected: string, found: Attribute | undefined): never {
  throw new AgonError('AGON_BAD_MODEL', {
    what: `attribute '${name}' of ${node.op} node '${node.name}'`,
    expected,
    found: typeof found
  })
}

/** The node's `axis`, counted from the front. */
export function axisOf(node: Node, rank: number): number {
  const axis = numberAttribute(node, 'axis')
  return axis < 0 ? axis + rank : axis
}
