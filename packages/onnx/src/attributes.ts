import { AgonError, type Attribute } from '@agon/core'
import { onnx, wideNumber, type AttributeProto } from './decode.js'
import type { RawNode } from './raw-node.js'
import { readTensor } from './tensor-data.js'
import type { ExternalTensors } from './external.js'

const { AttributeType } = onnx.AttributeProto
const text = new TextDecoder()

/** A node's attributes as plain values. Throws AGON_BAD_MODEL for other kinds than numbers, texts, lists of them and one tensor. */
export function readAttributes(node: RawNode, external: ExternalTensors): Record<string, Attribute> {
  const entries = [...node.attributes].map(([name, proto]) => [name, readAttribute(node, proto, external)] as const)
  return Object.fromEntries(entries)
}

/** True if the attribute is a graph: the node is control flow. */
export function holdsGraph({ type }: AttributeProto): boolean {
  return type === AttributeType.GRAPH || type === AttributeType.GRAPHS
}

function readAttribute(node: RawNode, proto: AttributeProto, external: ExternalTensors): Attribute {
  const what = `attribute '${proto.name}' of ${node.op} node '${node.name}'`
  if (proto.type === AttributeType.FLOAT) return finite(proto.f ?? 0, what)
  if (proto.type === AttributeType.INT) return wideNumber(proto.i)
  if (proto.type === AttributeType.STRING) return text.decode(proto.s ?? new Uint8Array())
  if (proto.type === AttributeType.FLOATS) return (proto.floats ?? []).map((value) => finite(value, what))
  if (proto.type === AttributeType.INTS) return (proto.ints ?? []).map(wideNumber)
  if (proto.type === AttributeType.STRINGS) return (proto.strings ?? []).map((bytes) => text.decode(bytes))
  if (proto.type === AttributeType.TENSOR && proto.t) return readTensor(proto.t, what, external.get(proto.t))
  throw new AgonError('AGON_BAD_MODEL', {
    what,
    expected: 'a number, a text, a list of them or a tensor',
    found: AttributeType[proto.type ?? 0] ?? `type ${proto.type}`
  })
}

function finite(value: number, what: string): number {
  if (Number.isFinite(value)) return value
  throw new AgonError('AGON_NOT_FINITE', { what, expected: 'a finite number', found: `${value}` })
}
