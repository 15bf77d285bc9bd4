import { describe, expect, it } from 'vitest'
import { specialize } from '../src/index.js'
import { bools, counting, floats, folded, integers, modelOf, node, scalar, valuesOf } from './models.js'

const values = (...args: Parameters<typeof folded>) => valuesOf(folded(...args))

describe('folding elementwise operators', () => {
  it('computes with floats', () => {
    expect(values('Add', [counting([2, 1]), counting([2])])).toEqual([2, 3, 3, 4])
    expect(values('Div', [floats([2], [1, -3]), floats([], [2])])).toEqual([0.5, -1.5])
    expect(values('Pow', [floats([2], [2, 3]), integers(2)])).toEqual([4, 9])
    expect(values('Round', [floats([4], [0.5, 1.5, -0.5, 2.6])]).map((x) => x + 0)).toEqual([0, 2, 0, 3])
    expect(values('Clip', [floats([3], [-2, 0.5, 2]), floats([], [0]), floats([], [1])])).toEqual([0, 0.5, 1])
    expect(values('Clip', [floats([2], [-2, 2]), undefined, floats([], [1])])).toEqual([-2, 1])
    expect(values('Max', [counting([2]), floats([], [1.5]), floats([1], [0])])).toEqual([1.5, 2])
    expect(values('Sum', [counting([2]), counting([2]), counting([2])])).toEqual([3, 6])
  })
  it('rounds to float32', () => {
    expect(values('Add', [floats([], [0.1]), floats([], [0.2])])).toEqual([
      Math.fround(Math.fround(0.1) + Math.fround(0.2))
    ])
  })
  it('divides integers towards zero and takes Mod with the sign of the divisor', () => {
    expect(values('Div', [integers(7, -7), integers(2)])).toEqual([3, -3])
    expect(values('Mod', [integers(7, -7), integers(3)])).toEqual([1, 2])
    expect(values('Mod', [integers(7, -7), integers(3)], { fmod: 1 })).toEqual([1, -1])
  })
  it('compares and chooses', () => {
    expect(folded('Less', [integers(1, 2), integers(2)])).toEqual({
      dtype: 'bool',
      shape: [2],
      data: Uint8Array.of(1, 0)
    })
    expect(values('Where', [bools(1, 0), integers(5), integers(6)])).toEqual([5, 6])
    expect(values('And', [bools(1, 1, 0), bools(1, 0, 0)])).toEqual([1, 0, 0])
    expect(values('Not', [bools(1, 0)])).toEqual([0, 1])
    expect(values('Equal', [integers(1, -1), integers(-1)])).toEqual([0, 1])
  })
  it('refuses mixed dtypes and shapes that do not broadcast', () => {
    expect(() => folded('Add', [integers(1), floats([1], [1])])).toThrow(
      /expected one dtype, found int64 'c0' and float32 'c1'/
    )
    expect(() => folded('Add', [integers(1, 2), integers(1, 2, 3)])).toThrow(
      /shapes that broadcast, found \[2\] and \[3\]/
    )
  })
  it('casts', () => {
    expect(folded('Cast', [floats([3], [1.9, -1.9, 0])], { to: 7 })).toEqual({
      dtype: 'int64',
      shape: [3],
      data: Float64Array.of(1, -1, 0)
    })
    expect(values('Cast', [floats([2], [0, -0.5])], { to: 9 })).toEqual([0, 1])
    expect(values('Cast', [integers(300, -1, 200)], { to: 2 })).toEqual([44, 255, 200])
    expect(values('Cast', [integers(300, -1, 200)], { to: 3 })).toEqual([44, -1, -56])
    expect(folded('Cast', [integers(3)], { to: 1 }).dtype).toBe('float32')
  })
})

describe('folding movements', () => {
  it('moves every dtype', () => {
    expect(values('Transpose', [counting([2, 3])])).toEqual([1, 4, 2, 5, 3, 6])
    expect(folded('Slice', [integers(5, 6, 7), integers(1), integers(3)])).toEqual({
      dtype: 'int64',
      shape: [2],
      data: Float64Array.of(6, 7)
    })
    expect(values('Concat', [integers(1, 2), integers(3)], { axis: 0 })).toEqual([1, 2, 3])
    expect(values('Gather', [integers(5, 6, 7), scalar(-1)])).toEqual([7])
    expect(values('Expand', [bools(1), integers(2, 2)])).toEqual([1, 1, 1, 1])
    expect(values('Tile', [integers(1, 2), integers(2)])).toEqual([1, 2, 1, 2])
    expect(values('Pad', [integers(1, 2), integers(1, 1), integers(9)])).toEqual([9, 1, 2, 9])
    expect(folded('Reshape', [counting([4]), integers(2, -1)]).shape).toEqual([2, 2])
    expect(folded('Unsqueeze', [scalar(3), integers(0)])).toEqual({
      dtype: 'int64',
      shape: [1],
      data: Float64Array.of(3)
    })
    expect(values('Resize', [counting([2]), undefined, floats([1], [2])], { mode: 'linear' })).toEqual([
      1, 1.25, 1.75, 2
    ])
    expect(values('Resize', [counting([2]), undefined, floats([1], [2])])).toEqual([1, 1, 2, 2])
  })
  it('splits into several constants', () => {
    const nodes = [node('Split', ['k'], ['a', 'b'], { num_outputs: 2 }), node('Add', ['x', 'b'], ['y'])]
    const model = specialize(modelOf(nodes, { input: [1, 1], constants: { k: counting([3]) } }), [1, 1])
    expect([...model.constants].map(([name, { data }]) => [name, [...data]])).toEqual([['b', [3]]])
  })
  it('reduces', () => {
    expect(values('ReduceSum', [counting([2, 3]), integers(1)], { keepdims: 0 })).toEqual([6, 15])
    expect(values('ReduceMean', [counting([2, 3]), integers(0)])).toEqual([2.5, 3.5, 4.5])
    expect(values('ReduceMax', [counting([2, 3])])).toEqual([6])
    expect(values('ReduceMin', [floats([2], [-1, -2])])).toEqual([-2])
    expect(values('ReduceProd', [integers(2, 3, 4), integers(0)], { keepdims: 0 })).toEqual([24])
  })
})

describe('operators that make constants', () => {
  it('states tensors, numbers and lists', () => {
    expect(folded('Constant', [], { value: counting([2]) })).toEqual(counting([2]))
    expect(folded('Constant', [], { value_int: 3 })).toEqual({ dtype: 'int64', shape: [], data: Float64Array.of(3) })
    expect(folded('Constant', [], { value_floats: [1, 2] })).toEqual(counting([2]))
    expect(() => folded('Constant', [])).toThrow(/value of Constant node 'k'/)
  })
  it('fills, counts and measures', () => {
    expect(folded('ConstantOfShape', [integers(2)])).toEqual(floats([2], [0, 0]))
    expect(values('ConstantOfShape', [integers(2)], { value: integers(7) })).toEqual([7, 7])
    expect(() => folded('ConstantOfShape', [integers(-2)])).toThrow(/whole numbers >= 0/)
    expect(values('Range', [scalar(5), scalar(0), scalar(-2)])).toEqual([5, 3, 1])
    expect(values('Range', [floats([], [0]), floats([], [1]), floats([], [0.5])])).toEqual([0, 0.5])
    expect(() => folded('Range', [scalar(0), scalar(1), scalar(0)])).toThrow(/a finite range/)
    expect(values('Shape', [counting([2, 3, 4])], { start: -2 })).toEqual([3, 4])
    expect(values('Shape', [counting([2, 3, 4])], { start: 0, end: -1 })).toEqual([2, 3])
    expect(values('Size', [counting([2, 3])])).toEqual([6])
    expect(folded('NonZero', [floats([2, 2], [1, 0, 0, 2])])).toEqual({
      dtype: 'int64',
      shape: [2, 2],
      data: Float64Array.of(0, 1, 0, 1)
    })
  })
  it('sums up, cuts triangles and scatters', () => {
    expect(values('CumSum', [counting([2, 3]), scalar(1)])).toEqual([1, 3, 6, 4, 9, 15])
    expect(values('CumSum', [counting([2, 3]), scalar(0)])).toEqual([1, 2, 3, 5, 7, 9])
    expect(values('CumSum', [counting([3]), scalar(0)], { exclusive: 1, reverse: 1 })).toEqual([5, 3, 0])
    expect(values('Trilu', [counting([2, 3])])).toEqual([1, 2, 3, 0, 5, 6])
    expect(values('Trilu', [counting([2, 3]), scalar(-1)], { upper: 0 })).toEqual([0, 0, 0, 4, 0, 0])
    const indices = { dtype: 'int64', shape: [2, 1], data: Float64Array.of(2, -3) } as const
    expect(values('ScatterND', [counting([3, 2]), indices, floats([2, 2], [9, 8, 7, 6])])).toEqual([7, 6, 3, 4, 9, 8])
  })
  it('dequantises per tensor, per axis and per block', () => {
    const x = { dtype: 'int64', shape: [2, 2], data: Float64Array.of(10, 20, 30, 40) } as const
    expect(values('DequantizeLinear', [x, floats([], [0.5]), scalar(10)])).toEqual([0, 5, 10, 15])
    expect(values('DequantizeLinear', [x, floats([2], [1, 2])], { axis: 0 })).toEqual([10, 20, 60, 80])
    expect(values('DequantizeLinear', [x, floats([2], [1, 2]), integers(0, 20)])).toEqual([10, 0, 30, 40])
    expect(values('DequantizeLinear', [x, floats([2, 1], [1, 3])], { axis: 1, block_size: 2 })).toEqual([
      10, 20, 90, 120
    ])
    expect(() => folded('DequantizeLinear', [x, floats([3], [1, 2, 3])])).toThrow(/scale and zero point/)
  })
})
