import { AgonError } from '@agon/core'
import type { AttributeProto, NodeProto } from './decode.js'

/** A node as the file has it, with the version of the operator set that gives it its meaning. */
export interface RawNode {
  readonly name: string
  readonly op: string
  /** `''` is ONNX itself. */
  readonly domain: string
  readonly version: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: ReadonlyMap<string, AttributeProto>
}

/** Versions of the operator sets by domain; `ai.onnx` is written `''`. */
export type Opsets = ReadonlyMap<string, number>

/** Reads a node; `index` names a node without a name until it gets one. Throws AGON_BAD_MODEL. */
export function rawNode(proto: NodeProto, opsets: Opsets, index: number): RawNode {
  const domain = normalDomain(proto.domain)
  const name = proto.name || `${proto.opType}_${index}`
  if (!proto.opType) throw badNode(name, 'an operator', 'none')
  return {
    name,
    op: proto.opType,
    domain,
    version: opsets.get(domain) ?? 0,
    inputs: trimmed(proto.input ?? []),
    outputs: trimmed(proto.output ?? []),
    attributes: attributesByName(proto.attribute ?? [], name)
  }
}

export function normalDomain(domain: string | null | undefined): string {
  return domain === 'ai.onnx' ? '' : (domain ?? '')
}

function attributesByName(attributes: readonly AttributeProto[], node: string): ReadonlyMap<string, AttributeProto> {
  const byName = new Map<string, AttributeProto>()
  for (const attribute of attributes) {
    const name = attribute.name ?? ''
    if (byName.has(name)) throw badNode(node, 'attributes with different names', `two named '${name}'`)
    byName.set(name, attribute)
  }
  return byName
}

function badNode(node: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_MODEL', { what: `node '${node}'`, expected, found })
}

/** Without the empty names at the end, which say the same as their absence. */
export function trimmed(names: readonly string[]): readonly string[] {
  let length = names.length
  while (length > 0 && names[length - 1] === '') length--
  return names.slice(0, length)
}
