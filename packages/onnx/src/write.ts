import { AgonError, type Constant, type Model, type ValueInfo } from '@agon/core'
import { standardOperators, validate } from '@agon/graph'
import { onnx } from './decode.js'
import { dtypeCodes } from './element-types.js'
import { labelsKey } from './labels.js'
import { ownDomain, ownFunctions } from './own-functions.js'
import { writeNode } from './write-node.js'
import { writeTensor } from './write-tensor.js'

/** The version of the operators that are written, and the version of the file format that goes with it. */
const writtenOpset = 21
const irVersion = 10

/** A protobuf message must stay below 2^31 bytes. */
const mostBytes = 2 ** 31 - 1

/**
 * An ONNX file of opset 21 with all weights inside; operators of our own (LogSumExpPool, Softclip) become operators of ONNX that compute
 * the same, and those that steer the backward pass functions that pass their value on. Labels go into the file's metadata. Throws AGON_BAD_MODEL for a model that
 * contradicts itself or is larger than a protobuf message may be, AGON_UNSUPPORTED_OPERATOR for operators that nothing here knows, and for
 * windows that need extents which the model leaves open.
 */
export function writeOnnx(given: Model): Uint8Array {
  validate(given)
  const model = standardOperators(given)
  assertSize(model)
  const { name, labels } = model
  const graph = onnx.GraphProto.create({
    name,
    input: model.inputs.map(writeValue),
    output: model.outputs.map(writeValue),
    initializer: [...model.constants].map(([value, constant]) => writeTensor(constant, value)),
    node: model.nodes.map((node) => writeNode(node))
  })
  const functions = ownFunctions(model, writtenOpset)
  const proto = onnx.ModelProto.create({
    irVersion,
    producerName: 'agon',
    opsetImport: [
      { domain: '', version: writtenOpset },
      ...(functions.length > 0 ? [{ domain: ownDomain, version: 1 }] : [])
    ],
    functions: [...functions],
    graph,
    metadataProps: labels ? [{ key: labelsKey, value: JSON.stringify(labels) }] : []
  })
  return onnx.ModelProto.encode(proto).finish()
}

function writeValue({ name, dtype, shape }: ValueInfo) {
  const dim = shape.map((extent) => (typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent }))
  return { name, type: { tensorType: { elemType: dtypeCodes[dtype], shape: { dim } } } }
}

function assertSize(model: Model): void {
  const bytes = [...model.constants.values()].reduce((sum, constant) => sum + constantBytes(constant), 0)
  if (bytes <= mostBytes) return
  const found = `${bytes} bytes of weights`
  throw new AgonError('AGON_BAD_MODEL', { what: `model '${model.name}'`, expected: `less than 2 GiB`, found })
}

function constantBytes({ data }: Constant): number {
  return data.byteLength
}
