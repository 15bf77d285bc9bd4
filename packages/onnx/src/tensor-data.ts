import { AgonError, formatShape, sizeOf, type Constant, type DType } from '@agon/core'
import { saturate, wideNumber, type TensorProto } from './decode.js'
import { elementType, elementTypeName, knownElementTypes, type ElementType } from './element-types.js'

/**
 * The constant in a TensorProto. Floats become float32, integers int64. The number of elements is checked against the data
 * before anything is allocated. `external` is the tensor's data where it lies outside the file. Throws AGON_BAD_MODEL for
 * data that does not fit the dimensions, AGON_NOT_FINITE for NaN or infinity, both naming the tensor.
 */
export function readTensor(proto: TensorProto, what: string, external?: Uint8Array): Constant {
  const type = tensorType(proto, what)
  const shape = tensorShape(proto, what)
  const values = external ?? (proto.rawData?.length ? proto.rawData : undefined)
  return values ? fromRaw(values, type, shape, what) : fromTyped(proto, type, shape, what)
}

export function tensorType(proto: TensorProto, what: string): ElementType {
  const type = elementType(proto.dataType ?? 0)
  if (type) return type
  throw new AgonError('AGON_BAD_MODEL', {
    what,
    expected: `one of the types ${knownElementTypes.join(', ')}`,
    found: elementTypeName(proto.dataType ?? 0),
    remedy: 'Export the model in float32.'
  })
}

export function tensorShape(proto: TensorProto, what: string): readonly number[] {
  const shape = (proto.dims ?? []).map(wideNumber)
  if (shape.length <= 32 && shape.every((extent) => extent >= 0) && sizeOf(shape) <= Number.MAX_SAFE_INTEGER)
    return shape
  const found = shape.length > 32 ? `${shape.length} dimensions` : formatShape(shape)
  throw new AgonError('AGON_BAD_MODEL', { what, expected: 'at most 32 dimensions of whole numbers >= 0', found })
}

const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

function fromRaw(raw: Uint8Array, type: ElementType, shape: readonly number[], what: string): Constant {
  const count = sizeOf(shape)
  if (raw.length !== count * type.bytes) {
    const expected = `${count * type.bytes} bytes for ${type.name} ${formatShape(shape)}`
    throw new AgonError('AGON_BAD_MODEL', { what, expected, found: `${raw.length}` })
  }
  if (type.name === 'float' && littleEndian) {
    const data = new Float32Array(new Uint8Array(raw).buffer)
    return { dtype: 'float32', shape, data: finite(data, (i) => data[i]!, what) }
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length)
  return make(type.dtype, shape, count, (i) => type.read(view, i * type.bytes), what)
}

function fromTyped(proto: TensorProto, type: ElementType, shape: readonly number[], what: string): Constant {
  const stored = proto[type.field] ?? []
  const count = sizeOf(shape)
  if (stored.length !== count) {
    const expected = `${count} elements for ${type.name} ${formatShape(shape)}`
    throw new AgonError('AGON_BAD_MODEL', { what, expected, found: `${stored.length}` })
  }
  const at = (i: number): number => (type.decode ? type.decode(wideNumber(stored[i])) : plain(stored[i]!))
  return make(type.dtype, shape, count, at, what)
}

function plain(stored: number | Parameters<typeof wideNumber>[0]): number {
  return typeof stored === 'number' ? stored : wideNumber(stored)
}

function make(
  dtype: DType,
  shape: readonly number[],
  count: number,
  at: (i: number) => number,
  what: string
): Constant {
  if (dtype === 'float32') return { dtype, shape, data: finite(fill(new Float32Array(count), at), at, what) }
  if (dtype === 'int64') return { dtype, shape, data: fill(new Float64Array(count), (i) => saturate(at(i))) }
  return { dtype, shape, data: fill(new Uint8Array(count), (i) => (at(i) === 0 ? 0 : 1)) }
}

function fill<T extends Float32Array | Float64Array | Uint8Array>(data: T, at: (i: number) => number): T {
  for (let i = 0; i < data.length; i++) data[i] = at(i)
  return data
}

function finite(data: Float32Array, at: (i: number) => number, what: string): Float32Array {
  const i = data.findIndex((value) => !Number.isFinite(value))
  if (i < 0) return data
  throw new AgonError('AGON_NOT_FINITE', {
    what,
    expected: 'numbers that are finite in float32',
    found: `${at(i)} at element ${i}`,
    remedy: 'The weights overflowed in training or the file is damaged.'
  })
}
