import { describe, expect, it } from 'vitest'
import type { TensorProto } from '../src/decode.js'
import { readOnnx } from '../src/read.js'
import { file, floats, ints, node } from './build.js'
import { expectRefused } from './errors.js'

/** Reads one tensor as the second operand of an Add, or as the indices of a Gather. */
async function read(tensor: TensorProto, op = 'Add') {
  const nodes = op === 'Add' ? [node('Add', ['x', 'w'], ['y'])] : [node(op, ['x', 'w'], ['y'])]
  const model = await readOnnx(file({ nodes, weights: [{ name: 'w', ...tensor }], outputs: { y: ['N', 4] } }))
  return model.constants.get('w')!
}

const bytes = (...values: number[]) => Uint8Array.from(values)

describe('weights', () => {
  it.each<[string, TensorProto, readonly number[]]>([
    ['float in a list', { dataType: 1, dims: [2], floatData: [1.5, -2] }, [1.5, -2]],
    ['float raw, little-endian', { dataType: 1, dims: [1], rawData: bytes(0, 0, 0xc0, 0x3f) }, [1.5]],
    ['double raw', { dataType: 11, dims: [1], rawData: bytes(0, 0, 0, 0, 0, 0, 0xf8, 0x3f) }, [1.5]],
    ['double in a list', { dataType: 11, dims: [1], doubleData: [0.1] }, [Math.fround(0.1)]],
    [
      'float16 raw',
      { dataType: 10, dims: [4], rawData: bytes(0, 0x3c, 0, 0xc0, 1, 0, 0xff, 0x7b) },
      [1, -2, 2 ** -24, 65504]
    ],
    ['float16 in a list', { dataType: 10, dims: [2], int32Data: [0x3555, 0x8000] }, [Math.fround(0.333251953125), -0]],
    ['bfloat16 raw', { dataType: 16, dims: [2], rawData: bytes(0x80, 0x3f, 0x49, 0xc0) }, [1, -3.140625]],
    ['bfloat16 in a list', { dataType: 16, dims: [1], int32Data: [0x3f80] }, [1]]
  ])('%s becomes float32', async (_, tensor, expected) => {
    const constant = await read(tensor)
    expect(constant.dtype).toBe('float32')
    expect(constant.data).toBeInstanceOf(Float32Array)
    expect([...constant.data]).toEqual(expected)
  })

  it.each<[string, TensorProto, readonly number[]]>([
    ['int64 raw', { dataType: 7, dims: [1], rawData: bytes(0xfe, 255, 255, 255, 255, 255, 255, 255) }, [-2]],
    ['int64 in a list', { dataType: 7, dims: [2], int64Data: [3, -4] }, [3, -4]],
    [
      'int64 beyond 2^53',
      { dataType: 7, dims: [1], rawData: bytes(255, 255, 255, 255, 255, 255, 255, 127) },
      [2 ** 53 - 1]
    ],
    ['int32 raw', { dataType: 6, dims: [1], rawData: bytes(255, 255, 255, 255) }, [-1]],
    ['int8 in a list', { dataType: 3, dims: [1], int32Data: [-7] }, [-7]],
    ['uint8 raw', { dataType: 2, dims: [2], rawData: bytes(0, 255) }, [0, 255]],
    ['uint64 in a list', { dataType: 13, dims: [1], uint64Data: [9] }, [9]]
  ])('%s becomes int64', async (_, tensor, expected) => {
    const constant = await read(tensor, 'Gather')
    expect(constant.dtype).toBe('int64')
    expect([...constant.data]).toEqual(expected)
  })

  it('bool becomes bytes of 0 and 1', async () => {
    const model = await readOnnx(
      file({
        nodes: [node('Where', ['c', 'x', 'z'], ['y'])],
        weights: [{ name: 'c', dataType: 9, dims: [4], rawData: bytes(1, 0, 2, 0) }, floats('z', [], [0])],
        outputs: { y: ['N', 4] }
      })
    )
    expect(model.constants.get('c')).toEqual({ dtype: 'bool', shape: [4], data: Uint8Array.of(1, 0, 1, 0) })
  })

  it('may be empty or a scalar', async () => {
    expect((await read({ dataType: 1, dims: [], floatData: [2] })).shape).toEqual([])
    expect((await read(ints('w', [], [0]), 'Gather')).data).toHaveLength(0)
  })
})

describe('bad weights', () => {
  it.each<[string, TensorProto, readonly string[]]>([
    [
      'raw data of another length',
      { dataType: 1, dims: [4], rawData: bytes(1, 2, 3) },
      ["weight 'w'", '16 bytes', '3']
    ],
    ['a list of another length', { dataType: 1, dims: [4], floatData: [1] }, ["weight 'w'", '4 elements', '1']],
    [
      'huge extents',
      { dataType: 1, dims: [2 ** 40, 2 ** 40], floatData: [1] },
      ["weight 'w'", '[1099511627776,1099511627776]']
    ],
    [
      'an extent that fills memory',
      { dataType: 1, dims: [2 ** 31], floatData: [1] },
      ["weight 'w'", '2147483648 elements']
    ],
    ['negative extents', { dataType: 1, dims: [-2, -2], floatData: [1, 2, 3, 4] }, ["weight 'w'", '[-2,-2]']],
    ['many dimensions', { dataType: 1, dims: Array.from({ length: 99 }, () => 1), floatData: [1] }, ['99 dimensions']],
    ['texts', { dataType: 8, dims: [1], stringData: [bytes(65)] }, ["weight 'w'", 'found string']],
    ['complex numbers', { dataType: 14, dims: [1], floatData: [1, 2] }, ['found complex64']],
    ['an unknown type', { dataType: 99, dims: [1] }, ['found type 99']]
  ])('%s are refused', async (_, tensor, parts) => {
    const made = file({ nodes: [node('Add', ['x', 'w'], ['y'])], weights: [{ name: 'w', ...tensor }] })
    await expectRefused(made, 'AGON_BAD_MODEL', parts)
  })

  it.each([NaN, Infinity, -Infinity])('%d is refused with its place', async (bad) => {
    const made = file({ nodes: [node('Add', ['x', 'w'], ['y'])], weights: [floats('w', [4], [1, 2, bad, 4])] })
    await expectRefused(made, 'AGON_NOT_FINITE', ["weight 'w'", `${bad} at element 2`])
  })

  it('a double beyond float32, and a float16 infinity, are not finite', async () => {
    const doubles = { name: 'w', dataType: 11, dims: [1], doubleData: [1e300] }
    await expectRefused(file({ nodes: [node('Add', ['x', 'w'], ['y'])], weights: [doubles] }), 'AGON_NOT_FINITE', [
      '1e+300'
    ])
    const halves = { name: 'w', dataType: 10, dims: [1], rawData: bytes(0, 0x7c) }
    await expectRefused(file({ nodes: [node('Add', ['x', 'w'], ['y'])], weights: [halves] }), 'AGON_NOT_FINITE', [
      'Infinity'
    ])
  })

  it('constants that overflow when folded are refused', async () => {
    const nodes = [node('Div', ['a', 'b'], ['w']), node('Add', ['x', 'w'], ['y'])]
    const made = file({ nodes, weights: [floats('a', [1], [1]), floats('b', [1], [0])] })
    await expectRefused(made, 'AGON_NOT_FINITE', ["constant 'w'"])
  })

  it('attributes that are not finite are refused', async () => {
    const made = file({ nodes: [node('LeakyRelu', ['x'], ['y'], { alpha: { float: NaN } })] })
    await expectRefused(made, 'AGON_NOT_FINITE', ["attribute 'alpha' of LeakyRelu node 'LeakyRelu_y'"])
  })
})
