import { AgonError, type Node } from '@agon/core'

/** AGON_UNSUPPORTED_OPERATOR about one node: a use of a known operator that this engine cannot run. */
export function unsupported(node: Node, part: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: `${part} of ${node.op} node '${node.name}' on the native engine`,
    expected,
    found,
    remedy: 'Run the model on another engine, or export it so that this input is a constant.'
  })
}
