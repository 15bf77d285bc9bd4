import type { ValueInfo } from '@agon/core'
import { decodeModel, type ValueInfoProto } from './decode.js'
import { readOpsets } from './opsets.js'
import { normalDomain } from './raw-node.js'
import { readValue } from './values.js'

/** What stands in an ONNX file, whether or not it can be run. */
export interface OnnxSummary {
  readonly name: string
  /** Program that wrote the file, `''` if it does not say. */
  readonly producer: string
  /** Version of ONNX's own operators; undefined if the file uses none. */
  readonly opset: number | undefined
  /** Without those that have a stored weight. */
  readonly inputs: readonly OnnxValue[]
  /** All of them, also those that `readOnnx` leaves out. */
  readonly outputs: readonly OnnxValue[]
  /** Operators of the graph by name (`domain.Name` outside ONNX's own), most frequent first; function bodies are not counted. */
  readonly operators: readonly { readonly op: string; readonly count: number }[]
}

/** A value whose rank may be unknown. */
export type OnnxValue = Omit<ValueInfo, 'shape'> & Partial<ValueInfo>

/** Summarises an ONNX file without reading its weights. Throws AGON_BAD_FILE, AGON_BAD_MODEL, AGON_UNSUPPORTED_OPERATOR (opset). */
export function summarizeOnnx(bytes: Uint8Array): OnnxSummary {
  const proto = decodeModel(bytes)
  const graph = proto.graph!
  const weights = new Set((graph.initializer ?? []).map(({ name }) => name))
  const values = (list: readonly ValueInfoProto[] | null | undefined, role: string) =>
    (list ?? []).filter(({ name }) => !weights.has(name)).map((value) => readValue(value, role))
  return {
    name: graph.name || 'model',
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(' '),
    opset: readOpsets(proto.opsetImport, 'ONNX file').get(''),
    inputs: values(graph.input, 'input'),
    outputs: values(graph.output, 'output'),
    operators: counted(
      (graph.node ?? []).map(({ opType, domain }) => [normalDomain(domain), opType].filter(Boolean).join('.'))
    )
  }
}

function counted(ops: readonly string[]): { op: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const op of ops) counts.set(op, (counts.get(op) ?? 0) + 1)
  return [...counts].map(([op, count]) => ({ op, count })).sort((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1))
}
