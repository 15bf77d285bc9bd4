import { AgonError } from '@agon/core'
import { onnx, type AttributeProto, type FunctionProto, type ModelProto } from './decode.js'
import { readOpsets } from './opsets.js'
import { normalDomain, rawNode, type RawNode } from './raw-node.js'
import { wireFields } from './wire.js'

/** A function that a model defines for itself, as the exporters of PyTorch do. */
export interface LocalFunction {
  readonly title: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly nodes: readonly RawNode[]
  /** Attributes that a call may leave out. */
  readonly defaults: ReadonlyMap<string, AttributeProto>
}

export type LocalFunctions = ReadonlyMap<string, LocalFunction>

/** A function's key, and that of the nodes that call it. */
export function functionKey(domain: string, name: string): string {
  return `${domain}::${name}`
}

/** Field numbers of onnx.proto that the decoder's schema (ONNX 1.10) does not know: FunctionProto.attribute_proto. */
const modelFunctions = 25
const functionAttributeProto = 11

/** The functions that the model defines. `bytes` is the file. Throws AGON_BAD_MODEL for two of one name. */
export function readFunctions(model: ModelProto, bytes: Uint8Array): LocalFunctions {
  const functions = new Map<string, LocalFunction>()
  if (model.functions.length === 0) return functions
  const defaults = [...wireFields(bytes)]
    .filter(({ field }) => field === modelFunctions)
    .map(({ bytes: message }) => defaultsIn(message!))
  model.functions.forEach((proto, i) => {
    const domain = normalDomain(proto.domain)
    const key = functionKey(domain, proto.name ?? '')
    const title = `function '${proto.name}' of domain '${domain}'`
    if (functions.has(key)) {
      const remedy = 'Overloads cannot be told apart here: export without functions.'
      throw new AgonError('AGON_BAD_MODEL', { what: title, expected: 'one definition', found: 'two', remedy })
    }
    functions.set(key, readFunction(proto, title, defaults[i] ?? new Map()))
  })
  return functions
}

function readFunction(
  proto: FunctionProto,
  title: string,
  defaults: ReadonlyMap<string, AttributeProto>
): LocalFunction {
  const opsets = readOpsets(proto.opsetImport ?? [], title)
  return {
    title,
    inputs: proto.input ?? [],
    outputs: proto.output ?? [],
    nodes: (proto.node ?? []).map((node, i) => rawNode(node, opsets, i)),
    defaults
  }
}

function defaultsIn(message: Uint8Array): ReadonlyMap<string, AttributeProto> {
  const defaults = new Map<string, AttributeProto>()
  for (const { field, bytes } of wireFields(message)) {
    if (field !== functionAttributeProto || bytes === undefined) continue
    const attribute = decodeAttribute(bytes)
    defaults.set(attribute.name ?? '', attribute)
  }
  return defaults
}

function decodeAttribute(bytes: Uint8Array): AttributeProto {
  try {
    return onnx.AttributeProto.decode(bytes)
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : 'something else'
    throw new AgonError('AGON_BAD_FILE', {
      what: 'attribute of a function',
      expected: 'a protobuf message',
      found,
      cause
    })
  }
}
