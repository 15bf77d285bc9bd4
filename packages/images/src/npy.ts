import { AgonError, sizeOf, type Tensor } from '@agon/core'
import { npyError, npyHeader } from './npy-header.js'

/** An array from an npy file. */
export interface NpyArray extends Tensor {
  /** What the file held: `float32`, `float64`, `uint8`, ... Values of wider types were rounded to float32. */
  readonly dtype: string
}

type Read = (view: DataView, at: number, little: boolean) => number

/** NumPy's kind and bytes: name, and how one value is read. */
const types: ReadonlyMap<string, readonly [dtype: string, read: Read]> = new Map<string, readonly [string, Read]>([
  ['f4', ['float32', (view, at, little) => view.getFloat32(at, little)]],
  ['f8', ['float64', (view, at, little) => view.getFloat64(at, little)]],
  ['i1', ['int8', (view, at) => view.getInt8(at)]],
  ['i2', ['int16', (view, at, little) => view.getInt16(at, little)]],
  ['i4', ['int32', (view, at, little) => view.getInt32(at, little)]],
  ['i8', ['int64', (view, at, little) => Number(view.getBigInt64(at, little))]],
  ['u1', ['uint8', (view, at) => view.getUint8(at)]],
  ['u2', ['uint16', (view, at, little) => view.getUint16(at, little)]],
  ['u4', ['uint32', (view, at, little) => view.getUint32(at, little)]],
  ['u8', ['uint64', (view, at, little) => Number(view.getBigUint64(at, little))]],
  ['b1', ['bool', (view, at) => (view.getUint8(at) === 0 ? 0 : 1)]]
])

/**
 * Reads an npy file as float32, row-major (a Fortran-ordered file is transposed). Throws AGON_BAD_FILE if it is malformed,
 * holds another type, or its data are not exactly as long as its shape says; this is checked before anything is allocated.
 */
export function readNpy(bytes: Uint8Array): NpyArray {
  const { descr, fortranOrder, shape, offset } = npyHeader(bytes)
  const type = /^[<>|]/.test(descr) ? types.get(descr.slice(1)) : undefined
  if (!type) throw npyError(`a type of ${[...types.keys()].join(', ')}`, `'${descr.slice(0, 20)}'`)
  const [dtype, read] = type
  const width = Number(descr.at(-1))
  const size = sizeOf(shape)
  if (size * width !== bytes.length - offset) {
    throw npyError(`${size * width} bytes of data for shape (${shape.join(', ')})`, `${bytes.length - offset}`)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset)
  const data = new Float32Array(size)
  for (let at = 0; at < size; at++) data[at] = read(view, at * width, descr[0] !== '>')
  return { shape, data: fortranOrder ? rowMajor(shape, data) : data, dtype }
}

/** Column-major elements in row-major order. */
function rowMajor(shape: readonly number[], data: Float32Array): Float32Array {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  const ordered = new Float32Array(data.length)
  const index = shape.map(() => 0)
  for (let to = 0; to < data.length; to++) {
    ordered[to] = data[index.reduce((from, i, axis) => from + i * strides[axis]!, 0)]!
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0
  }
  return ordered
}

/** Writes a tensor as an npy file: version 1.0, little-endian float32, C order. */
export function writeNpy({ shape, data }: Tensor): Uint8Array {
  if (sizeOf(shape) !== data.length) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: 'tensor',
      expected: `${sizeOf(shape)} values`,
      found: `${data.length}`
    })
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64
  const bytes = new Uint8Array(length + data.length * 4)
  const header = `\x93NUMPY\x01\x00${String.fromCharCode((length - 10) & 255, (length - 10) >> 8)}${dictionary}`
  bytes.set(Array.from(header.padEnd(length - 1) + '\n', (c) => c.charCodeAt(0)))
  const view = new DataView(bytes.buffer, length)
  data.forEach((value, at) => view.setFloat32(at * 4, value, true))
  return bytes
}
