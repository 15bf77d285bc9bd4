import { createRandom } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { readNpy, writeNpy } from '../src/index.js'

/** An npy file as NumPy writes it. */
function npy(dictionary: string, data: Uint8Array, version = 1): Uint8Array {
  const start = version === 1 ? 10 : 12
  const text = dictionary.padEnd(64 - start - 1) + '\n'
  const bytes = new Uint8Array(start + text.length + data.length)
  bytes.set([0x93, 78, 85, 77, 80, 89, version, 0, text.length])
  bytes.set(new TextEncoder().encode(text), start)
  bytes.set(data, start + text.length)
  return bytes
}
const header = (descr: string, shape: string, order = 'False') =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`
const bytesOf = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer)

describe('readNpy', () => {
  it.each([
    ['<f4', 'float32', Float32Array.of(1.5, -2, 3)],
    ['<f8', 'float64', Float64Array.of(1.5, -2, 3)],
    ['<i4', 'int32', Int32Array.of(1, -2, 3)],
    ['<i8', 'int64', BigInt64Array.of(1n, -2n, 3n)],
    ['<u2', 'uint16', Uint16Array.of(1, 65535, 3)],
    ['|u1', 'uint8', Uint8Array.of(1, 255, 3)],
    ['|b1', 'bool', Uint8Array.of(1, 0, 1)]
  ])('%s', (descr, dtype, values) => {
    const read = readNpy(npy(header(descr, '(3,)'), bytesOf(values)))
    expect(read).toEqual({ shape: [3], dtype, data: Float32Array.from(Array.from(values, Number)) })
  })

  it('big-endian, other versions, keys in any order, a scalar, an empty array', () => {
    expect([...readNpy(npy(header('>f4', '(1,)'), Uint8Array.of(0x3f, 0x80, 0, 0))).data]).toEqual([1])
    const reordered = "{'shape': (1, 1), 'fortran_order': False, 'descr': '|u1'}"
    expect(readNpy(npy(reordered, Uint8Array.of(7), 2))).toMatchObject({ shape: [1, 1], dtype: 'uint8' })
    expect(readNpy(npy(header('|u1', '()'), Uint8Array.of(7)))).toMatchObject({ shape: [], dtype: 'uint8' })
    expect(readNpy(npy(header('<f4', '(0, 3)'), new Uint8Array())).data.length).toBe(0)
  })

  it('brings Fortran order to C order', () => {
    // [[0,1,2],[3,4,5]] column by column
    const read = readNpy(npy(header('|u1', '(2, 3)', 'True'), Uint8Array.of(0, 3, 1, 4, 2, 5)))
    expect([...read.data]).toEqual([0, 1, 2, 3, 4, 5])
  })

  it.each([
    ['not npy', new TextEncoder().encode('P5 28 28 255 and more'), 'magic bytes'],
    ['objects', npy(header('|O', '(1,)'), new Uint8Array(8)), "found '|O'"],
    ['strings', npy(header('<U4', '(1,)'), new Uint8Array(16)), "found '<U4'"],
    ['too short', npy(header('<f4', '(3,)'), new Uint8Array(8)), '12 bytes of data for shape (3), found 8'],
    ['too long', npy(header('<f4', '(3,)'), new Uint8Array(16)), '12 bytes of data for shape (3), found 16'],
    ['a hostile shape', npy(header('<f8', '(4000000000, 4000000000)'), new Uint8Array(8)), 'bytes of data'],
    ['an overflowing shape', npy(header('<f8', `(${'9'.repeat(20)},)`), new Uint8Array(8)), 'whole numbers'],
    ['a negative extent', npy(header('<f8', '(-1,)'), new Uint8Array(8)), 'a header'],
    ['a missing key', npy("{'descr': '<f4', 'shape': (1,)}", new Uint8Array(4)), 'a header'],
    ['version 9', npy(header('<f4', '(1,)'), new Uint8Array(4), 9), 'version 1, 2 or 3']
  ])('refuses %s', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(expect.objectContaining({ code: 'AGON_BAD_FILE' }))
    expect(() => readNpy(bytes)).toThrow(message)
  })

  it('answers any damage of the header with AGON_BAD_FILE or a sound array', () => {
    const file = npy(header('<f4', '(2, 2)'), new Uint8Array(16))
    const random = createRandom(1)
    let refused = 0
    for (let trial = 0; trial < 3000; trial++) {
      const damaged = Uint8Array.from(file)
      for (let k = random.integer(3); k >= 0; k--) damaged[random.integer(64)] = random.integer(256)
      try {
        const { shape, data } = readNpy(damaged.subarray(0, random.integer(4) === 0 ? random.integer(80) : 80))
        expect(shape.reduce((size, extent) => size * extent, 1)).toBe(data.length)
        expect(data.length).toBeLessThanOrEqual(16)
      } catch (error) {
        expect(error).toMatchObject({ code: 'AGON_BAD_FILE' })
        refused++
      }
    }
    expect(refused).toBeGreaterThan(1000)
  })
})

describe('writeNpy', () => {
  it.each([[[]], [[3]], [[2, 3]], [[1, 2, 3, 4]]])('shape %j comes back bit for bit', (shape) => {
    const size = shape.reduce((product, extent) => product * extent, 1)
    const data = Float32Array.from({ length: size }, (_, at) => Math.sin(at) * 1e-20)
    const bytes = writeNpy({ shape, data })
    expect(readNpy(bytes)).toEqual({ shape, data, dtype: 'float32' })
    expect((bytes.length - size * 4) % 64).toBe(0)
  })

  it('writes the header that NumPy writes', () => {
    const text = new TextDecoder('latin1').decode(writeNpy({ shape: [2], data: new Float32Array(2) }).subarray(10, -8))
    expect(text).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }".padEnd(117) + '\n')
  })
})
