import type { Model } from '@agon/core'
import { modelOf, tinyModels, type ModelBuilder } from '@agon/testing'

const net = (name: string, shape: number[], build: (b: ModelBuilder) => string) => modelOf(name, shape, build, 7)
const dense = (b: ModelBuilder, x: string, inputs: number, labels = 3) =>
  b.add('Gemm', [x, b.weights([labels, inputs], 0.3), b.weights([labels], 0.1)], { transB: 1 })

/** Every op that the native learners know, in small nets of two labels or more. */
export const learnerNets: readonly Model[] = [
  ...tinyModels()
    .map(({ model }) => model)
    .filter(({ name }) => name !== 'tiny-attention'),
  net('groups, strides, dilations and uneven pads', [4, 9, 8], (b) => {
    const first = b.add('Conv', [b.input, b.weights([6, 2, 3, 2], 0.4), b.weights([6])], {
      group: 2,
      strides: [2, 1],
      dilations: [1, 2],
      pads: [2, 0, 1, 3]
    })
    const second = b.add('Conv', [b.add('LeakyRelu', [first], { alpha: 0.2 }), b.weights([6, 1, 3, 3], 0.4)], {
      group: 6
    })
    return dense(b, b.add('Flatten', [b.add('Tanh', [second])]), 6 * 3 * 7)
  }),
  net('a wide 1x1 convolution and many channels', [9, 5, 3], (b) => {
    const wide = b.add('Conv', [b.input, b.weights([35, 9, 1, 1], 0.4), b.weights([35])])
    const narrow = b.add('Conv', [b.add('Relu', [wide]), b.weights([4, 35, 2, 1], 0.3)])
    return dense(b, b.add('Flatten', [narrow]), 4 * 4 * 3)
  }),
  net('one axis of positions, Sigmoid, GlobalAveragePool', [3, 17], (b) => {
    const wave = b.add('Sigmoid', [b.add('Conv', [b.input, b.weights([5, 3, 4], 0.5)], { pads: [1, 2] })])
    return b.add('Flatten', [b.add('GlobalAveragePool', [b.add('Conv', [wave, b.weights([4, 5, 1])])])])
  }),
  net('overlapping pools, Concat, Pad and Slice', [2, 8, 8], (b) => {
    const x = b.add('Conv', [b.input, b.weights([3, 2, 3, 3]), b.weights([3])], { pads: [1, 1, 1, 1] })
    const pooled = b.add('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
    const mean = b.add('AveragePool', [x], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1
    })
    const both = b.add('Concat', [pooled, mean, pooled], { axis: 1 })
    const padded = b.add('Pad', [both, b.integers([0, 0, 0, 1, 0, 0, 0, 0])])
    const cut = b.add('Slice', [padded, b.integers([1]), b.integers([5]), b.integers([3])])
    return dense(b, b.add('Flatten', [cut]), 9 * 4 * 4)
  }),
  net('MatMul over tokens, biases by Add, scales by Mul, a residual', [5, 7], (b) => {
    const linear = b.add('Add', [b.add('MatMul', [b.input, b.weights([7, 7], 0.4)]), b.weights([7])])
    const scaled = b.add('Mul', [b.weights([5, 1]), b.add('Relu', [linear])])
    const joined = b.add('Sub', [b.add('Add', [scaled, b.input]), b.add('Mul', [linear, linear])])
    return dense(b, b.add('Flatten', [joined]), 35)
  }),
  net('Gemm with alpha, beta, transA and a weight on the left', [4, 6], (b) => {
    const matrix = b.add('Squeeze', [b.input, b.integers([0])])
    const left = b.add('MatMul', [b.weights([3, 4]), b.input])
    const right = b.add('Gemm', [matrix, b.weights([4, 5]), b.weights([6, 1])], { transA: 1, alpha: 0.5, beta: -2 })
    const halves = [b.add('Flatten', [left]), b.add('Reshape', [right, b.integers([1, 30])])]
    return b.add('Gemm', [b.add('Concat', halves, { axis: 1 }), b.weights([48, 3], 0.2), b.weights([1, 3])], {
      alpha: 2,
      beta: 0.5
    })
  }),
  net('weights that are read twice', [6], (b) => {
    const [w, bias] = [b.weights([6, 6], 0.4), b.weights([6])]
    const again = (x: string) => b.add('Gemm', [x, w, bias], { transB: 1 })
    const x = b.add('PRelu', [again(b.add('Tanh', [again(b.input)])), b.uniform([6], 0.1, 0.5)])
    return b.add('MatMul', [x, w])
  }),
  net('a Relu beside another reader', [3, 4, 4], (b) => {
    const x = b.add('Conv', [b.input, b.weights([4, 3, 2, 2])])
    return dense(b, b.add('Flatten', [b.add('Add', [b.add('Relu', [x]), b.add('Mul', [x, b.weights([4, 1, 1])])])]), 36)
  })
].map((model, i) => ({ ...model, name: model.name || `net ${i}` }))
