import { describe, expect, it } from 'vitest'
import { convGeometry, matmulGeometry, maxWindows, linearWindows } from '../src/index.js'
import { floats, shapeOf, single } from './models.js'

const weights = (...shape: number[]) => floats(shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(1))

describe('shapes of convolutions', () => {
  const conv = (attributes: Record<string, number | string | number[]>, kernel = 3, extent = 7) =>
    shapeOf('Conv', [1, 2, extent, extent], { attributes, constants: [weights(4, 2, kernel, kernel)] })

  it('follows floor((in + pads - window) / stride) + 1', () => {
    expect(conv({})).toEqual([1, 4, 5, 5])
    expect(conv({ pads: [1, 1, 1, 1], strides: [2, 2] })).toEqual([1, 4, 4, 4])
    expect(conv({ pads: [0, 1, 0, 2], strides: [1, 2] })).toEqual([1, 4, 5, 4])
    expect(conv({ dilations: [2, 3] })).toEqual([1, 4, 3, 1])
  })
  it('follows auto_pad', () => {
    expect(conv({ auto_pad: 'SAME_UPPER', strides: [2, 2] })).toEqual([1, 4, 4, 4])
    expect(conv({ auto_pad: 'SAME_LOWER', strides: [3, 3] })).toEqual([1, 4, 3, 3])
    expect(conv({ auto_pad: 'VALID', strides: [2, 2] })).toEqual([1, 4, 3, 3])
  })
  it('puts the odd element of SAME padding at the end (UPPER) or at the beginning (LOWER)', () => {
    const first = (auto_pad: string) => {
      const { node, model } = single('Conv', [1, 1, 4], { attributes: { auto_pad }, constants: [weights(1, 1, 2)] })
      const { offsets, position } = convGeometry(node, model)
      return [[...offsets], [...position]]
    }
    expect(first('SAME_UPPER')).toEqual([
      [0, 2, 4, 6, 7],
      [0, 1, 1, 2, 2, 3, 3]
    ])
    expect(first('SAME_LOWER')).toEqual([
      [0, 1, 3, 5, 7],
      [0, 0, 1, 1, 2, 2, 3]
    ])
  })
  it('knows 1 and 3 dimensions and groups', () => {
    expect(shapeOf('Conv', [1, 4, 9], { constants: [weights(6, 2, 3)], attributes: { group: 2 } })).toEqual([1, 6, 7])
    expect(shapeOf('Conv', [1, 1, 4, 5, 6], { constants: [weights(2, 1, 2, 3, 4)] })).toEqual([1, 2, 3, 3, 3])
  })
  it('refuses weights that do not fit, naming node and shapes', () => {
    expect(() => shapeOf('Conv', [1, 3, 5, 5], { constants: [weights(4, 2, 3, 3)] })).toThrow(
      /weights for input \[1,3,5,5\] of Conv node 'y0': expected \[M\*1,3,\.\.\.\], found \[4,2,3,3\]/
    )
    expect(() => conv({ pads: [1, 1] })).toThrow(/attribute 'pads' of Conv node 'y0': expected 4 whole numbers >= 0/)
    expect(() => conv({}, 9)).toThrow(/window on axis 2 of Conv node 'y0'/)
  })
  it('gives transposed convolutions the shapes of the convolutions they transpose', () => {
    const transposed = (attributes: Record<string, number | string | number[]>) =>
      shapeOf('ConvTranspose', [1, 2, 4, 4], { attributes, constants: [weights(2, 3, 3, 3)] })
    expect(transposed({})).toEqual([1, 3, 6, 6])
    expect(transposed({ strides: [2, 2], pads: [1, 1, 1, 1], output_padding: [1, 1] })).toEqual([1, 3, 8, 8])
    expect(transposed({ strides: [2, 3], auto_pad: 'SAME_UPPER' })).toEqual([1, 3, 8, 12])
    expect(transposed({ strides: [2, 2], output_shape: [8, 9] })).toEqual([1, 3, 8, 9])
    expect(transposed({ group: 2 })).toEqual([1, 6, 6, 6])
    expect(() => transposed({ output_shape: [7, 6] })).toThrow(
      /output on axis 2 of ConvTranspose node 'y0': expected an extent of 1 to 6, found 7/
    )
  })
})

describe('shapes of pooling', () => {
  const pool = (attributes: Record<string, number | string | number[]>, shape = [1, 2, 6, 6]) =>
    shapeOf('MaxPool', shape, { attributes })

  it('rounds down, or up with ceil_mode', () => {
    expect(pool({ kernel_shape: [3, 3], strides: [2, 2] })).toEqual([1, 2, 2, 2])
    expect(pool({ kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 })).toEqual([1, 2, 3, 3])
  })
  it('never starts a window in the padding at the end', () => {
    // 4 elements, 1 + 1 padding, kernel 2, stride 2: ceil gives starts -1, 1, 3; with stride 3 and 5 elements -1, 2, 5: 5 is padding.
    expect(pool({ kernel_shape: [2], strides: [2], pads: [1, 1], ceil_mode: 1 }, [1, 1, 4])).toEqual([1, 1, 3])
    expect(pool({ kernel_shape: [1], strides: [3], pads: [0, 0], ceil_mode: 1 }, [1, 1, 6])).toEqual([1, 1, 2])
    expect(pool({ kernel_shape: [2], strides: [3], pads: [1, 1], ceil_mode: 1 }, [1, 1, 5])).toEqual([1, 1, 2])
  })
  it('knows dilations and auto_pad', () => {
    expect(pool({ kernel_shape: [3, 3], dilations: [2, 2] })).toEqual([1, 2, 2, 2])
    expect(pool({ kernel_shape: [3, 3], strides: [4, 4], auto_pad: 'SAME_LOWER' })).toEqual([1, 2, 2, 2])
  })
  it('keeps one element per plane when pooling globally', () => {
    expect(shapeOf('GlobalAveragePool', [1, 2, 6, 5])).toEqual([1, 2, 1, 1])
    expect(shapeOf('GlobalMaxPool', [1, 2, 6])).toEqual([1, 2, 1])
  })
  it('refuses windows without an element', () => {
    const { node, model } = single('MaxPool', [1, 1, 2], { attributes: { kernel_shape: [1], pads: [1, 1] } })
    expect(() => maxWindows(node, model)).toThrow(/padding of MaxPool node 'y0'/)
  })
  it('refuses tables that a hostile kernel would blow up', () => {
    const attributes = { kernel_shape: [2000, 2000], pads: [1999, 1999, 1999, 1999] }
    const { node, model } = single('MaxPool', [1, 1, 2000, 2000], { attributes })
    expect(() => maxWindows(node, model)).toThrow(/window table of MaxPool node 'y0'/)
  })
})

describe('windows of pooling', () => {
  const average = (attributes: Record<string, number | number[]>, extent: number) => {
    const { node, model } = single('AveragePool', [1, 1, extent], { attributes })
    const { offsets, sources, weights } = linearWindows(node, model)
    return Array.from(offsets.slice(1), (end, o) =>
      Array.from(sources.slice(offsets[o], end), (source, k) => [source, weights![offsets[o]! + k]!])
    )
  }
  it('divides by the elements inside, or by the padding too', () => {
    expect(average({ kernel_shape: [2], pads: [1, 0] }, 2)).toEqual([
      [[0, 1]],
      [
        [0, 0.5],
        [1, 0.5]
      ]
    ])
    expect(average({ kernel_shape: [2], pads: [1, 0], count_include_pad: 1 }, 2)).toEqual([
      [[0, 0.5]],
      [
        [0, 0.5],
        [1, 0.5]
      ]
    ])
  })
  it('never counts what ceil_mode adds beyond the padding', () => {
    expect(average({ kernel_shape: [2], strides: [2], ceil_mode: 1, count_include_pad: 1 }, 3)).toEqual([
      [
        [0, 0.5],
        [1, 0.5]
      ],
      [[2, 1]]
    ])
  })
  it('lists sources in scan order, plane by plane', () => {
    const { node, model } = single('MaxPool', [1, 2, 2, 3], { attributes: { kernel_shape: [2, 2] } })
    const { planes, strideIn, strideOut, offsets, sources, weights } = maxWindows(node, model)
    expect({ planes, strideIn, strideOut, weights }).toEqual({
      planes: 2,
      strideIn: 6,
      strideOut: 2,
      weights: undefined
    })
    expect([...offsets]).toEqual([0, 4, 8])
    expect([...sources]).toEqual([0, 1, 3, 4, 1, 2, 4, 5])
  })
})

describe('matrix products', () => {
  it('follows transA and transB', () => {
    const gemm = single('Gemm', [1, 4], {
      constants: [weights(3, 4), weights(3)],
      attributes: { transB: 1, alpha: 2, beta: 0.5 }
    })
    expect(gemm.model.shapes.get('y0')).toEqual([1, 3])
    expect(matmulGeometry(gemm.node, gemm.model)).toEqual({
      batch: 1,
      m: 1,
      k: 4,
      n: 3,
      transA: false,
      transB: true,
      alpha: 2,
      beta: 0.5,
      aBatch: Int32Array.of(0),
      bBatch: Int32Array.of(0)
    })
    const transposed = single('Gemm', [4, 2], { constants: [weights(4, 3), weights(1, 3)], attributes: { transA: 1 } })
    expect(matmulGeometry(transposed.node, transposed.model)).toMatchObject({
      m: 2,
      k: 4,
      n: 3,
      cMap: Int32Array.of(0, 1, 2, 0, 1, 2)
    })
  })
  it('broadcasts batches and treats vectors as numpy does', () => {
    const batched = single('MatMul', [1, 3, 2, 4], { constants: [weights(2, 1, 4, 5)] })
    expect(batched.model.shapes.get('y0')).toEqual([2, 3, 2, 5])
    const { aBatch, bBatch, batch } = matmulGeometry(batched.node, batched.model)
    expect([batch, [...aBatch], [...bBatch]]).toEqual([6, [0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1]])
    expect(shapeOf('MatMul', [1, 4], { constants: [weights(4)] })).toEqual([1])
    expect(shapeOf('MatMul', [4], { constants: [weights(3, 4, 2)] })).toEqual([3, 2])
  })
  it('refuses inner extents that differ', () => {
    expect(() => shapeOf('MatMul', [1, 4], { constants: [weights(3, 2)] })).toThrow(
      /expected equal inner extents, found \[1,4\] and \[3,2\]/
    )
    expect(() => shapeOf('Gemm', [1, 4], { constants: [weights(4, 2), weights(3)] })).toThrow(/Gemm node 'y0'/)
  })
})
