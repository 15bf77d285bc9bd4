import { AgonError, type Attribute, type Node } from '@agon/core'
import { schemaOf } from '@agon/graph'

/** A number attribute of a node, or the default that the operator's schema gives it. */
export function numberAttribute(node: Node, name: string): number {
  const value = attribute(node, name)
  return typeof value === 'number' ? value : wrong(node, name, 'a number', value)
}

/** A text attribute of a node, or the default that the operator's schema gives it. */
export function textAttribute(node: Node, name: string): string {
  const value = attribute(node, name)
  return typeof value === 'string' ? value : wrong(node, name, 'a text', value)
}

function attribute(node: Node, name: string): Attribute | undefined {
  return node.attributes[name] ?? schemaOf(node.op)?.attributes[name]?.default
}

function wrong(node: Node, name: string, expected: string, found: Attribute | undefined): never {
  throw new AgonError('AGON_BAD_MODEL', {
    what: `attribute '${name}' of ${node.op} node '${node.name}'`,
    expected,
    found: typeof found
  })
}
