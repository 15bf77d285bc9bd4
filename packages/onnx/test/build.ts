import { onnx, type AttributeProto, type FunctionProto, type NodeProto, type TensorProto } from '../src/decode.js'

type Attr =
  | number
  | string
  | readonly number[]
  | TensorProto
  | { readonly ref: string }
  | { readonly float: number }
  | { readonly floats: readonly number[] }

const { AttributeType } = onnx.AttributeProto
const encoder = new TextEncoder()

/** An attribute: whole numbers are INT (`{ float: 1 }` for FLOAT), lists INTS (`{ floats: [1] }` for FLOATS). */
export function attribute(name: string, value: Attr): AttributeProto {
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: encoder.encode(value) }
  if (typeof value === 'number') {
    return Number.isInteger(value)
      ? { name, type: AttributeType.INT, i: value }
      : { name, type: AttributeType.FLOAT, f: value }
  }
  if (Array.isArray(value)) return { name, type: AttributeType.INTS, ints: [...value] }
  if ('floats' in value) return { name, type: AttributeType.FLOATS, floats: [...value.floats] }
  if ('ref' in value) return { name, type: AttributeType.INT, refAttrName: value.ref }
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float }
  return { name, type: AttributeType.TENSOR, t: value as TensorProto }
}

export function node(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attributes: Readonly<Record<string, Attr>> = {},
  more: NodeProto = {}
): NodeProto {
  const attrs = Object.entries(attributes).map(([name, value]) => attribute(name, value))
  return { name: `${opType}_${output[0]}`, opType, input: [...input], output: [...output], attribute: attrs, ...more }
}

export function floats(name: string, dims: readonly number[], values: readonly number[]): TensorProto {
  return { name, dims: [...dims], dataType: 1, floatData: [...values] }
}

export function ints(name: string, values: readonly number[], dims: readonly number[] = [values.length]): TensorProto {
  return { name, dims: [...dims], dataType: 7, int64Data: [...values] }
}

export interface Made {
  readonly opset?: number
  readonly ir?: number
  readonly nodes: readonly NodeProto[]
  readonly weights?: readonly TensorProto[]
  readonly inputs?: Readonly<Record<string, readonly (number | string)[]>>
  readonly outputs?: Readonly<Record<string, readonly (number | string)[] | undefined>>
  readonly functions?: readonly FunctionProto[]
  readonly domains?: Readonly<Record<string, number>>
  readonly metadata?: Readonly<Record<string, string>>
}

export function value(name: string, shape: readonly (number | string)[] | undefined, elemType = 1) {
  const dim = shape?.map((extent) => (typeof extent === 'number' ? { dimValue: extent } : { dimParam: extent }))
  return { name, type: { tensorType: { elemType, ...(dim && { shape: { dim } }) } } }
}

/** The bytes of an ONNX file; by default opset 17 with one input `x` [N, 4] and one output `y` of unstated shape. */
export function file({
  opset = 17,
  ir = 8,
  nodes,
  weights = [],
  inputs = { x: ['N', 4] },
  outputs = { y: undefined },
  functions = [],
  domains = {},
  metadata = {}
}: Made): Uint8Array {
  const graph = {
    name: 'made',
    node: [...nodes],
    initializer: [...weights],
    input: Object.entries(inputs).map(([name, shape]) => value(name, shape)),
    output: Object.entries(outputs).map(([name, shape]) => value(name, shape))
  }
  const opsetImport = Object.entries({ '': opset, ...domains }).map(([domain, version]) => ({ domain, version }))
  const metadataProps = Object.entries(metadata).map(([key, text]) => ({ key, value: text }))
  const model = { irVersion: ir, opsetImport, graph, functions: [...functions], metadataProps }
  return onnx.ModelProto.encode(onnx.ModelProto.create(model)).finish()
}
