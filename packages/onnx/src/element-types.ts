import type { DType } from '@agon/core'
import { fromBfloat16, fromFloat16 } from './half.js'

/** The fields of a TensorProto that can hold its elements one by one, where they are not in `rawData`. */
export type TypedField = 'floatData' | 'int32Data' | 'int64Data' | 'doubleData' | 'uint64Data'

/** One element type of ONNX: how it is stored, and as what a Model holds it. */
export interface ElementType {
  readonly name: string
  readonly dtype: DType
  /** Bytes of one element in `rawData`. */
  readonly bytes: number
  readonly field: TypedField
  /** Reads one element from little-endian raw data. */
  readonly read: (view: DataView, at: number) => number
  /** Turns an element of the typed field into its value, where the two differ. */
  readonly decode?: (stored: number) => number
}

const low = (view: DataView, at: number) => view.getUint16(at, true)

/** By TensorProto.DataType. Types that are absent here (strings, complex, 8-bit floats, 4-bit integers) are refused. */
const elementTypes: ReadonlyMap<number, ElementType> = new Map<number, ElementType>([
  [1, { name: 'float', dtype: 'float32', bytes: 4, field: 'floatData', read: (v, at) => v.getFloat32(at, true) }],
  [2, { name: 'uint8', dtype: 'int64', bytes: 1, field: 'int32Data', read: (v, at) => v.getUint8(at) }],
  [3, { name: 'int8', dtype: 'int64', bytes: 1, field: 'int32Data', read: (v, at) => v.getInt8(at) }],
  [4, { name: 'uint16', dtype: 'int64', bytes: 2, field: 'int32Data', read: low }],
  [5, { name: 'int16', dtype: 'int64', bytes: 2, field: 'int32Data', read: (v, at) => v.getInt16(at, true) }],
  [6, { name: 'int32', dtype: 'int64', bytes: 4, field: 'int32Data', read: (v, at) => v.getInt32(at, true) }],
  [
    7,
    { name: 'int64', dtype: 'int64', bytes: 8, field: 'int64Data', read: (v, at) => Number(v.getBigInt64(at, true)) }
  ],
  [9, { name: 'bool', dtype: 'bool', bytes: 1, field: 'int32Data', read: (v, at) => v.getUint8(at) }],
  [
    10,
    {
      name: 'float16',
      dtype: 'float32',
      bytes: 2,
      field: 'int32Data',
      read: (v, at) => fromFloat16(low(v, at)),
      decode: fromFloat16
    }
  ],
  [11, { name: 'double', dtype: 'float32', bytes: 8, field: 'doubleData', read: (v, at) => v.getFloat64(at, true) }],
  [12, { name: 'uint32', dtype: 'int64', bytes: 4, field: 'uint64Data', read: (v, at) => v.getUint32(at, true) }],
  [
    13,
    { name: 'uint64', dtype: 'int64', bytes: 8, field: 'uint64Data', read: (v, at) => Number(v.getBigUint64(at, true)) }
  ],
  [
    16,
    {
      name: 'bfloat16',
      dtype: 'float32',
      bytes: 2,
      field: 'int32Data',
      read: (v, at) => fromBfloat16(low(v, at)),
      decode: fromBfloat16
    }
  ]
])

const refusedNames: Readonly<Record<number, string>> = {
  0: 'undefined',
  8: 'string',
  14: 'complex64',
  15: 'complex128',
  17: 'float8e4m3fn',
  18: 'float8e4m3fnuz',
  19: 'float8e5m2',
  20: 'float8e5m2fnuz',
  21: 'uint4',
  22: 'int4',
  23: 'float4e2m1'
}

export function elementType(code: number): ElementType | undefined {
  return elementTypes.get(code)
}

/** Name of an element type, of a refused one too. */
export function elementTypeName(code: number): string {
  return elementTypes.get(code)?.name ?? refusedNames[code] ?? `type ${code}`
}

export const knownElementTypes: readonly string[] = [...elementTypes.values()].map(({ name }) => name)

/** TensorProto.DataType codes of the three types of a Model. */
export const dtypeCodes: Readonly<Record<DType, number>> = { float32: 1, int64: 7, bool: 9 }
