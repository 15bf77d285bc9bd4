import { opCase, type OpCase } from './op-case.js'

/** Matrix products. */
export const denseCases: readonly OpCase[] = [
  opCase('Gemm', 'plain', [6], (b) => b.add('Gemm', [b.input, b.weights([6, 4])])),
  opCase('Gemm', 'transB, bias (a linear layer)', [6], (b) =>
    b.add('Gemm', [b.input, b.weights([4, 6]), b.weights([4])], { transB: 1 })
  ),
  opCase('Gemm', 'alpha and beta', [6], (b) =>
    b.add('Gemm', [b.input, b.weights([6, 4]), b.weights([1, 4])], { alpha: 0.5, beta: -2 })
  ),
  opCase('Gemm', 'scalar C', [6], (b) => b.add('Gemm', [b.input, b.weights([6, 4]), b.weights([])])),
  opCase('Gemm', 'column C, transA', [3, 5], (b) => {
    const matrix = b.add('Squeeze', [b.input, b.integers([0])])
    return b.add('Gemm', [matrix, b.weights([3, 4]), b.weights([5, 1])], { transA: 1 })
  }),
  opCase('Gemm', 'constant A, transA and transB', [3, 5], (b) => {
    const matrix = b.add('Squeeze', [b.input, b.integers([0])])
    return b.add('Gemm', [b.weights([5, 2]), matrix], { transA: 1, transB: 1, alpha: 2 })
  }),
  opCase('Gemm', 'activations in all three places', [3, 3], (b) => {
    const matrix = b.add('Squeeze', [b.input, b.integers([0])])
    return b.add('Gemm', [matrix, b.add('Sin', [matrix]), b.add('Exp', [matrix])], { transA: 1, beta: 0.5 })
  }),
  opCase('MatMul', 'weights on the right', [5, 6], (b) => b.add('MatMul', [b.input, b.weights([6, 4])])),
  opCase('MatMul', 'weights on the left', [5, 6], (b) => b.add('MatMul', [b.weights([3, 5]), b.input])),
  opCase('MatMul', 'vector on the right', [5, 6], (b) => b.add('MatMul', [b.input, b.weights([6])])),
  opCase('MatMul', 'vector on the left', [5, 6], (b) => b.add('MatMul', [b.weights([5]), b.input])),
  opCase('MatMul', 'batch of weights', [3, 4, 5], (b) => b.add('MatMul', [b.input, b.weights([3, 5, 2])])),
  opCase('MatMul', 'both batches broadcast', [3, 1, 2, 5], (b) => b.add('MatMul', [b.input, b.weights([1, 4, 5, 3])])),
  opCase('MatMul', 'two activations (attention scores)', [6, 4, 5], (b) => {
    const [queries, keys] = b.addMany('Split', [b.input], 2, { axis: 1, num_outputs: 2 })
    return b.add('MatMul', [queries!, b.add('Transpose', [keys!], { perm: [0, 1, 3, 2] })])
  }),
  opCase('MatMul', 'two activations, one broadcast over the batch', [4, 3, 3], (b) => {
    const first = b.add('Slice', [b.input, b.integers([0]), b.integers([1]), b.integers([1])])
    return b.add('MatMul', [b.input, first])
  }),
  opCase('MatMul', 'a matrix with itself', [4, 4], (b) => b.add('MatMul', [b.input, b.input]))
]
