import type { Constant } from '@agon/core'
import type { TensorProto } from './decode.js'
import { dtypeCodes } from './element-types.js'

/** A constant as a TensorProto with little-endian raw data. */
export function writeTensor(constant: Constant, name = ''): TensorProto {
  return { name, dims: [...constant.shape], dataType: dtypeCodes[constant.dtype], rawData: rawData(constant) }
}

function rawData(constant: Constant): Uint8Array {
  const { dtype, data } = constant
  if (dtype === 'bool') return Uint8Array.from(data, (value) => (value ? 1 : 0))
  const view = new DataView(new ArrayBuffer(data.length * (dtype === 'float32' ? 4 : 8)))
  if (dtype === 'float32') data.forEach((value, i) => view.setFloat32(4 * i, value, true))
  else data.forEach((value, i) => view.setBigInt64(8 * i, BigInt(value), true))
  return new Uint8Array(view.buffer)
}
