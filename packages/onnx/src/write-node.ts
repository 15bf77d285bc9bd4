import { AgonError, type Attribute, type Node } from '@agon/core'
import { schemaOf, type AttributeKind } from '@agon/graph'
import { onnx, type AttributeProto, type NodeProto } from './decode.js'
import { writeTensor } from './write-tensor.js'

const { AttributeType } = onnx.AttributeProto
const text = new TextEncoder()

export function writeNode(node: Node): NodeProto {
  const schema = schemaOf(node.op)
  if (schema === undefined) {
    throw new AgonError('AGON_UNSUPPORTED_OPERATOR', {
      what: `${node.op} node '${node.name}'`,
      expected: 'an operator of ONNX',
      found: 'another',
      remedy: 'Write the model before it is changed, or with the operators of ONNX.'
    })
  }
  return {
    name: node.name,
    opType: node.op,
    ...(schema.domain !== '' && { domain: schema.domain }),
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, value]) => {
      return { name, ...writeAttribute(value, schema.attributes[name]?.kind) }
    })
  }
}

/** `kind` tells 1 the integer from 1 the float; an attribute that the schema does not know is written as what it looks like. */
function writeAttribute(value: Attribute, kind: AttributeKind | undefined): AttributeProto {
  if (typeof value === 'string') return { type: AttributeType.STRING, s: text.encode(value) }
  if (typeof value === 'number') {
    const int = kind === undefined ? Number.isSafeInteger(value) : kind === 'int'
    return int ? { type: AttributeType.INT, i: value } : { type: AttributeType.FLOAT, f: value }
  }
  if ('dtype' in value) return { type: AttributeType.TENSOR, t: writeTensor(value) }
  if (value.every((entry) => typeof entry === 'string')) {
    if (value.length > 0 || kind === 'strings') {
      return { type: AttributeType.STRINGS, strings: value.map((entry) => text.encode(entry)) }
    }
  }
  const numbers = value as readonly number[]
  return kind === 'floats'
    ? { type: AttributeType.FLOATS, floats: [...numbers] }
    : { type: AttributeType.INTS, ints: [...numbers] }
}
