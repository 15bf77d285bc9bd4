import type { Attribute, Node } from '@agon/core'
import { badNode } from './errors.js'
import { attributesOf } from './node-facts.js'

/** A number attribute of a node, or the default that the operator's schema gives it. Throws AGON_BAD_MODEL if it is none. */
export function numberAttribute(node: Node, name: string): number {
  const value = attributesOf(node)[name]
  return typeof value === 'number' ? value : wrong(node, name, 'a number', value)
}

/** A text attribute of a node, or the default that the operator's schema gives it. Throws AGON_BAD_MODEL if it is none. */
export function textAttribute(node: Node, name: string): string {
  const value = attributesOf(node)[name]
  return typeof value === 'string' ? value : wrong(node, name, 'a text', value)
}

function wrong(node: Node, name: string, expected: string, found: Attribute | undefined): never {
  throw badNode(node, `attribute '${name}'`, { expected, found: found === undefined ? 'none' : typeof found })
}
