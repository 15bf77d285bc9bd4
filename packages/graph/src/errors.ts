import { AgonError, formatShape, type AgonErrorDetails, type Node } from '@agon/core'

type Facts = Omit<AgonErrorDetails, 'what'>

/** `Conv node 'conv1'` */
export function nodeTitle({ op, name }: Node): string {
  return `${op} node '${name}'`
}

/** AGON_BAD_MODEL about one node; `about` says which part of it. */
export function badNode(node: Node, about: string, facts: Facts): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what: `${about} of ${nodeTitle(node)}`, ...facts })
}

/** AGON_UNSUPPORTED_OPERATOR about one node: an attribute or use of a known operator that cannot be run. */
export function unsupportedNode(node: Node, about: string, facts: Facts): AgonError {
  return new AgonError('AGON_UNSUPPORTED_OPERATOR', { what: `${about} of ${nodeTitle(node)}`, ...facts })
}

/** `[1,3] and [2]` */
export function formatShapes(shapes: readonly (readonly number[])[]): string {
  return shapes.map((shape) => formatShape(shape)).join(' and ')
}
