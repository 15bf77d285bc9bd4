import { AgonError } from '@agon/core'
import proto from 'onnx-proto'
import { checkCensus } from './census.js'

export const { onnx } = proto
export type ModelProto = InstanceType<typeof onnx.ModelProto>
export type GraphProto = Parameters<typeof onnx.GraphProto.encode>[0]
export type NodeProto = Parameters<typeof onnx.NodeProto.encode>[0]
export type FunctionProto = Parameters<typeof onnx.FunctionProto.encode>[0]
export type AttributeProto = Parameters<typeof onnx.AttributeProto.encode>[0]
export type TensorProto = Parameters<typeof onnx.TensorProto.encode>[0]
export type OpsetProto = Parameters<typeof onnx.OperatorSetIdProto.encode>[0]
export type ValueInfoProto = Parameters<typeof onnx.ValueInfoProto.encode>[0]

/** A 64-bit integer as the decoder delivers it. */
type Wide = number | { toNumber(): number }

/**
 * The protobuf message in a file. Byte fields are views of the file and lists grow with what is read, so that memory
 * follows the size of the file; numbers of fields are bounded first. Throws AGON_BAD_FILE.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  if (!(bytes instanceof Uint8Array)) {
    throw new AgonError('AGON_BAD_INPUT', { what: 'ONNX file', expected: 'a Uint8Array', found: typeof bytes })
  }
  if (bytes.length === 0) throw badFile('a protobuf message', 'an empty file')
  let model: ModelProto
  try {
    checkCensus(bytes)
    model = onnx.ModelProto.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  } catch (cause) {
    throw badFile('a protobuf message', cause instanceof Error ? cause.message : 'something else', cause)
  }
  if (!model.graph || !model.opsetImport.length) {
    throw badFile('a graph and the version of its operator set', model.graph ? 'no operator set' : 'no graph')
  }
  return model
}

function badFile(expected: string, found: string, cause?: unknown): AgonError {
  const remedy = 'The file is truncated, damaged or not an ONNX model.'
  return new AgonError('AGON_BAD_FILE', { what: 'ONNX file', expected, found, remedy, cause })
}

/** A 64-bit integer as a number; beyond 2^53 - 1 it saturates. */
export function wideNumber(value: Wide | null | undefined): number {
  if (value === null || value === undefined) return 0
  return saturate(typeof value === 'number' ? value : value.toNumber())
}

export function saturate(value: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value))
}
