import type { Model, ValueName } from '@agon/core'
import { decodeModel, type ModelProto } from './decode.js'
import { fetchAll, type ExternalData } from './external.js'
import { readFunctions } from './functions.js'
import { inlineFunctions } from './inline.js'
import { withLabels } from './labels.js'
import { createNames } from './names.js'
import { readOpsets } from './opsets.js'
import { rawNode, type RawNode } from './raw-node.js'
import { readGraph } from './read-graph.js'
import { externalTensors, weightsByName } from './weights.js'

export interface ReadOptions {
  /** Default: the graph's name. */
  readonly name?: string
  /** The output to keep. Default: the first. What only other outputs need is left out. */
  readonly output?: ValueName
  /** Names of the labels, index = logit. Default: those that `writeOnnx` stored, if any. */
  readonly labels?: readonly string[]
  /** Gives the data of weights that lie outside the file. `readOnnxFile` of `@agon/onnx/node` has its own. */
  readonly external?: ExternalData
}

/**
 * Reads an ONNX file: a model with the semantics of opset 21, whatever opset of 7 to 22 the file has. Constants are folded and
 * dead nodes removed; local functions are inlined; symbolic extents stay symbolic; weights of every float type become float32.
 *
 * Throws AGON_BAD_FILE for what is no ONNX file, AGON_BAD_MODEL for a graph that contradicts itself, AGON_NOT_FINITE for a
 * weight that is NaN or infinite, AGON_UNKNOWN_NAME for an unknown output, AGON_BAD_INPUT for labels that do not fit, and one
 * AGON_UNSUPPORTED_OPERATOR that lists all nodes that cannot be run.
 */
export async function readOnnx(bytes: Uint8Array, options: ReadOptions = {}): Promise<Model> {
  const proto = decodeModel(bytes)
  const name = options.name ?? (proto.graph!.name || 'model')
  const nodes = flatNodes(proto, bytes, name)
  const weights = weightsByName(proto.graph!)
  const external = await fetchAll(externalTensors(weights, nodes), options.external)
  const model = readGraph({ graph: proto.graph!, name, nodes, weights, external, output: options.output })
  return withLabels(model, options.labels, proto.metadataProps)
}

/** The graph's nodes as they stand in the file, calls of functions replaced. */
function flatNodes(proto: ModelProto, bytes: Uint8Array, name: string): readonly RawNode[] {
  const opsets = readOpsets(proto.opsetImport, `model '${name}'`)
  const nodes = (proto.graph?.node ?? []).map((node, i) => rawNode(node, opsets, i))
  const values = nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
  return inlineFunctions(nodes, readFunctions(proto, bytes), createNames(values))
}
