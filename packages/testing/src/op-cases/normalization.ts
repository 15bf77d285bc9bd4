import { opCase, type CaseOptions, type OpCase } from './op-case.js'
import { far } from './inputs.js'

function softmax(op: string, what: string, input: readonly number[], axis: number, options?: CaseOptions): OpCase {
  return opCase(op, what, input, (b) => b.add(op, [b.input], { axis }), options)
}

function batchNormalization(what: string, input: readonly number[], epsilon: number): OpCase {
  return opCase('BatchNormalization', what, input, (b) => {
    const channel = [input[0]!]
    const parameters = [b.weights(channel), b.weights(channel), b.weights(channel), b.uniform(channel, 0.5, 2)]
    return b.add('BatchNormalization', [b.input, ...parameters], { epsilon })
  })
}

/** Normalisations and softmax. */
export const normalizationCases: readonly OpCase[] = [
  batchNormalization('2-d', [3, 4, 5], 1e-5),
  batchNormalization('1-d', [3, 6], 1e-3),
  batchNormalization('flat', [5], 0.1),
  opCase('InstanceNormalization', '2-d', [3, 4, 5], (b) =>
    b.add('InstanceNormalization', [b.input, b.weights([3]), b.weights([3])])
  ),
  opCase('InstanceNormalization', '1-d, large epsilon', [3, 6], (b) =>
    b.add('InstanceNormalization', [b.input, b.weights([3]), b.weights([3])], { epsilon: 0.1 })
  ),
  opCase('LayerNormalization', 'last axis', [4, 6], (b) =>
    b.add('LayerNormalization', [b.input, b.weights([6]), b.weights([6])])
  ),
  opCase('LayerNormalization', 'no shift', [4, 6], (b) =>
    b.add('LayerNormalization', [b.input, b.weights([6])], { axis: -1, epsilon: 1e-3 })
  ),
  opCase('LayerNormalization', 'all axes but the batch', [2, 3, 4], (b) =>
    b.add('LayerNormalization', [b.input, b.weights([2, 3, 4]), b.weights([2, 3, 4])], { axis: 1 })
  ),
  opCase('LayerNormalization', 'axis -2', [2, 3, 4], (b) =>
    b.add('LayerNormalization', [b.input, b.weights([3, 4]), b.weights([3, 4])], { axis: -2 })
  ),
  opCase('GroupNormalization', 'two groups', [4, 3, 3], (b) =>
    b.add('GroupNormalization', [b.input, b.weights([4]), b.weights([4])], { num_groups: 2 })
  ),
  opCase('GroupNormalization', 'one group', [4, 5], (b) =>
    b.add('GroupNormalization', [b.input, b.weights([4]), b.weights([4])], { num_groups: 1, epsilon: 0.01 })
  ),
  opCase('LRN', 'size 3', [5, 3, 2], (b) => b.add('LRN', [b.input], { size: 3, alpha: 0.5, beta: 0.6, bias: 1.5 })),
  opCase('LRN', 'even size', [6, 2, 2], (b) => b.add('LRN', [b.input], { size: 4, alpha: 0.8 })),
  opCase('LRN', 'wider than the channels', [3, 2, 2], (b) => b.add('LRN', [b.input], { size: 9 })),
  ...['Softmax', 'LogSoftmax'].flatMap((op) => [
    softmax(op, 'last axis', [4, 6], -1),
    softmax(op, 'channels', [4, 3, 2], 1),
    softmax(op, 'axis -2', [2, 3, 4], -2),
    softmax(op, 'far', [3, 9], -1, { input: far, smooth: false })
  ])
]
