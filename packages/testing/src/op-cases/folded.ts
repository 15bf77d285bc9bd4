import { opCase, type OpCase } from './op-case.js'

/** Operators that make constants: they are folded away, and what they computed must be right. */
export const foldedCases: readonly OpCase[] = [
  opCase('Shape', 'feeds a Reshape', [3, 2, 2], (b) => {
    const batch = b.add('Shape', [b.input], { end: 1 })
    return b.add('Reshape', [b.input, b.add('Concat', [batch, b.integers([-1])], { axis: 0 })])
  }),
  opCase('Size', 'as a factor', [3, 2], (b) => {
    const count = b.add('Cast', [b.add('Size', [b.weights([2, 5])])], { to: 1 })
    return b.add('Mul', [b.input, count])
  }),
  opCase('ConstantOfShape', 'of ones', [3, 2], (b) => {
    const value = { dtype: 'float32', shape: [1], data: Float32Array.of(1.5) } as const
    return b.add('Add', [b.input, b.add('ConstantOfShape', [b.add('Shape', [b.input])], { value })])
  }),
  opCase('Constant', 'as a factor', [3, 2], (b) => {
    const value = { dtype: 'float32', shape: [2], data: Float32Array.of(2, -1) } as const
    return b.add('Mul', [b.input, b.add('Constant', [], { value })])
  }),
  opCase('Range', 'positions', [4, 3], (b) => {
    const positions = b.add('Range', [b.integers([0], []), b.integers([4], []), b.integers([1], [])])
    const embedded = b.add('Gather', [b.weights([6, 3]), positions])
    return b.add('Add', [b.input, embedded])
  }),
  opCase('Mod', 'of positions', [4], (b) => {
    const positions = b.add('Mod', [b.integers([0, 1, 2, 3]), b.integers([2], [])])
    return b.add('Mul', [b.input, b.add('Cast', [positions], { to: 1 })])
  }),
  opCase('ReduceProd', 'of extents', [4, 3], (b) => {
    const count = b.add('ReduceProd', [b.add('Shape', [b.input], { start: 1 })], { keepdims: 1 })
    return b.add('Reshape', [b.input, b.add('Concat', [b.integers([-1]), count], { axis: 0 })])
  }),
  opCase('NonZero', 'of a mask', [4], (b) => {
    const places = b.add('NonZero', [b.booleans([4], [true, false, true, true])])
    return b.add('Gather', [b.input, b.add('Squeeze', [places, b.integers([0])])], { axis: 1 })
  }),
  opCase('CumSum', 'positions from a mask', [4, 3], (b) => {
    const positions = b.add('CumSum', [b.integers([1, 1, 0, 1]), b.integers([0], [])], { exclusive: 1 })
    return b.add('Add', [b.input, b.add('Gather', [b.weights([4, 3]), positions])])
  }),
  opCase('Trilu', 'a causal mask', [4, 4], (b) => {
    const mask = b.add(
      'Trilu',
      [
        b.floats(
          [4, 4],
          Array.from({ length: 16 }, () => 1)
        ),
        b.integers([1], [])
      ],
      { upper: 0 }
    )
    return b.add('Mul', [b.input, mask])
  }),
  opCase('ScatterND', 'rows of a constant', [3, 2], (b) => {
    const rows = b.add('ScatterND', [b.weights([3, 2]), b.integers([2, 0], [2, 1]), b.weights([2, 2])])
    return b.add('Mul', [b.input, rows])
  }),
  opCase('DequantizeLinear', 'weights per column', [3], (b) => {
    const quantized = b.integers([12, -7, 3, 100, -128, 5, 0, 1, 2], [3, 3])
    const weights = b.add('DequantizeLinear', [quantized, b.uniform([3], 0.01, 0.02), b.integers([1, 0, -2])], {
      axis: 1
    })
    return b.add('MatMul', [b.input, weights])
  }),
  opCase('IsNaN', 'of numbers', [3], (b) => {
    const broken = b.add('IsNaN', [b.weights([3])])
    return b.add('Where', [broken, b.floats([], [0]), b.input])
  })
]
