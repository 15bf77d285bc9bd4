import { Buffer } from 'node:buffer'

/** An npy file of version 1.0: float32 or int32, C order. */
export function npy(shape, data) {
  const type = data instanceof Int32Array ? '<i4' : '<f4'
  const dictionary = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64
  const head = Buffer.alloc(length, ' ')
  head.write('\x93NUMPY\x01\x00', 'latin1')
  head.writeUInt16LE(length - 10, 8)
  head.write(`${dictionary}`, 10, 'latin1')
  head.write('\n', length - 1)
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}
