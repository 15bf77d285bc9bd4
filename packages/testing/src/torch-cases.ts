import { readFileSync } from 'node:fs'
import type { Tensor } from '@agon/core'

/** A network with its logits and the gradients of all its labels as PyTorch computed them. */
export interface TorchCase {
  /** Name of the network and of the file (one network may be exported at several opsets). */
  readonly name: string
  readonly opset: number
  readonly labels: number
  /** The network, an ONNX file. */
  readonly onnx: Uint8Array
  readonly input: Tensor
  /** `[1, labels]` */
  readonly logits: Tensor
  /** `[labels, 1, ...input]`: the gradient of every logit. */
  readonly gradients: Tensor
}

interface Entry {
  readonly onnx: string
  readonly truth: string
  readonly opset: number
  readonly labels: number
  readonly inputShape: readonly number[]
}

interface Truth {
  readonly input: string
  readonly logits: readonly number[]
  readonly gradients: string
}

const folder = new URL('../fixtures/torch/', import.meta.url)

/** Names of the golden cases, `<onnx file>`. */
export function torchCaseNames(): readonly string[] {
  return index().map(({ onnx }) => onnx)
}

/** Reads one golden case. */
export function torchCase(name: string): TorchCase {
  const entry = index().find(({ onnx }) => onnx === name)!
  const truth = JSON.parse(readFileSync(new URL(entry.truth, folder), 'utf8')) as Truth
  const { opset, labels, inputShape } = entry
  return {
    name,
    opset,
    labels,
    onnx: readFileSync(new URL(entry.onnx, folder)),
    input: { shape: inputShape, data: floats(truth.input) },
    logits: { shape: [1, labels], data: Float32Array.from(truth.logits) },
    gradients: { shape: [labels, ...inputShape], data: floats(truth.gradients) }
  }
}

function index(): readonly Entry[] {
  return JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as Entry[]
}

/** Little-endian float32 in base64. */
function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}
