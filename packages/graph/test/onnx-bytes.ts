import type { Attribute, Constant, DType } from '@agon/core'
import type { AttributeKind } from '../src/index.js'

/** ONNX files of one node, written by hand so that another runtime can be asked what the node means. */

type Field = readonly [number, number | string | Uint8Array | readonly Field[]]
const float = (value: number) => new Uint8Array(Float32Array.of(value).buffer)
const elementTypes: Record<DType, number> = { float32: 1, int64: 7, bool: 9 }

function varint(value: number): number[] {
  let rest = BigInt.asUintN(64, BigInt(value))
  const bytes: number[] = []
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

function encode(fields: readonly Field[]): number[] {
  return fields.flatMap(([number, value]) => {
    if (typeof value === 'number') return [...varint(number << 3), ...varint(value)]
    const bytes =
      typeof value === 'string'
        ? [...new TextEncoder().encode(value)]
        : value instanceof Uint8Array
          ? [...value]
          : encode(value)
    return [...varint((number << 3) | 2), ...varint(bytes.length), ...bytes]
  })
}

/** `wire type 5`: four raw bytes. */
const fixed32 = (number: number, value: number): number[] => [(number << 3) | 5, ...float(value)]

function attribute(name: string, value: Attribute, kind: AttributeKind): number[] {
  const types: Record<AttributeKind, number> = {
    float: 1,
    int: 2,
    string: 3,
    tensor: 4,
    floats: 6,
    ints: 7,
    strings: 8
  }
  const head: Field[] = [
    [1, name],
    [20, types[kind]]
  ]
  if (kind === 'float') return [...encode(head), ...fixed32(2, value as number)]
  if (kind === 'int') return encode([...head, [3, value as number]])
  if (kind === 'string') return encode([...head, [4, value as string]])
  if (kind === 'ints') return encode([...head, ...(value as number[]).map((one): Field => [8, one])])
  if (kind === 'tensor') return encode([...head, [5, Uint8Array.from(tensor('', value as Constant))]])
  throw new Error(`no attribute of kind ${kind} is written here`)
}

function tensor(name: string, { dtype, shape, data }: Constant): number[] {
  const raw =
    dtype === 'int64'
      ? new Uint8Array(BigInt64Array.from(data, BigInt).buffer)
      : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return encode([...shape.map((extent): Field => [1, extent]), [2, elementTypes[dtype]], [8, name], [9, raw]])
}

const valueInfo = (name: string, dtype: DType, shape: readonly number[]): Field[] => [
  [1, name],
  [
    2,
    [
      [
        1,
        [
          [1, elementTypes[dtype]],
          [2, shape.map((extent): Field => [1, [[1, extent]]])]
        ]
      ]
    ]
  ]
]

interface OneNode {
  readonly op: string
  /** The first is fed, the others are stored in the file. */
  readonly inputs: readonly (Constant | undefined)[]
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly kinds: Readonly<Record<string, AttributeKind>>
  readonly output: { readonly dtype: DType; readonly shape: readonly number[] }
}

/** A model of opset 21 with one node from `i0`, ... to `y`. */
export function oneNodeFile({ op, inputs, attributes, kinds, output }: OneNode): Uint8Array {
  const node: Field[] = [
    ...inputs.map((constant, i): Field => [1, constant === undefined ? '' : `i${i}`]),
    [2, 'y'],
    [4, op],
    ...Object.entries(attributes).map(([name, value]): Field => [
      5,
      Uint8Array.from(attribute(name, value, kinds[name]!))
    ])
  ]
  const stored = inputs
    .slice(1)
    .flatMap((constant, i): Field[] =>
      constant === undefined ? [] : [[5, Uint8Array.from(tensor(`i${i + 1}`, constant))]]
    )
  const graph: Field[] = [
    [1, node],
    [2, 'one'],
    ...stored,
    [11, valueInfo('i0', inputs[0]!.dtype, inputs[0]!.shape)],
    [12, valueInfo('y', output.dtype, output.shape)]
  ]
  return Uint8Array.from(
    encode([
      [1, 9],
      [
        8,
        [
          [1, ''],
          [2, 21]
        ]
      ],
      [7, graph]
    ])
  )
}
