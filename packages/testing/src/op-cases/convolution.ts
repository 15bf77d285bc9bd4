import type { Attribute } from '@agon/core'
import { opCase, type OpCase } from './op-case.js'

interface Form {
  readonly input: readonly number[]
  readonly weight: readonly number[]
  /** Output channels of the bias; absent: no bias. */
  readonly bias?: number
  readonly attributes?: Readonly<Record<string, Attribute>>
}

function conv(op: string, what: string, { input, weight, bias, attributes = {} }: Form): OpCase {
  return opCase(op, what, input, (b) =>
    b.add(op, [b.input, b.weights(weight, 0.5), ...(bias === undefined ? [] : [b.weights([bias])])], attributes)
  )
}

const direct = (what: string, form: Form): OpCase => conv('Conv', what, form)
const transposed = (what: string, form: Form): OpCase => conv('ConvTranspose', what, form)

/** Convolutions and transposed convolutions in one, two and three dimensions. */
export const convolutionCases: readonly OpCase[] = [
  direct('1x1', { input: [3, 4, 5], weight: [4, 3, 1, 1], bias: 4 }),
  direct('3x3, same', { input: [3, 5, 6], weight: [4, 3, 3, 3], bias: 4, attributes: { pads: [1, 1, 1, 1] } }),
  direct('3x3, no padding, no bias', { input: [2, 5, 6], weight: [3, 2, 3, 3], attributes: { kernel_shape: [3, 3] } }),
  direct('stem: 7x7, stride 2', {
    input: [3, 11, 10],
    weight: [4, 3, 7, 7],
    bias: 4,
    attributes: { strides: [2, 2], pads: [3, 3, 3, 3] }
  }),
  direct('stride 3 leaves elements unread', {
    input: [2, 8, 8],
    weight: [2, 2, 2, 2],
    attributes: { strides: [3, 3] }
  }),
  direct('strides and dilations differ by axis', {
    input: [2, 9, 8],
    weight: [3, 2, 3, 2],
    bias: 3,
    attributes: { strides: [1, 2], dilations: [2, 3], pads: [2, 0, 1, 3] }
  }),
  direct('asymmetric padding', { input: [1, 4, 5], weight: [2, 1, 3, 3], attributes: { pads: [0, 2, 1, 0] } }),
  direct('two groups', {
    input: [4, 5, 5],
    weight: [6, 2, 3, 3],
    bias: 6,
    attributes: { group: 2, pads: [1, 1, 1, 1] }
  }),
  direct('depthwise', { input: [4, 5, 5], weight: [4, 1, 3, 3], bias: 4, attributes: { group: 4, strides: [2, 2] } }),
  direct('depthwise, two per channel', { input: [3, 5, 4], weight: [6, 1, 3, 3], attributes: { group: 3 } }),
  direct('auto_pad SAME_UPPER', {
    input: [2, 6, 5],
    weight: [2, 2, 4, 3],
    attributes: { auto_pad: 'SAME_UPPER', strides: [2, 2] }
  }),
  direct('auto_pad SAME_LOWER', {
    input: [2, 6, 5],
    weight: [2, 2, 4, 3],
    attributes: { auto_pad: 'SAME_LOWER', strides: [2, 1] }
  }),
  direct('auto_pad VALID', { input: [2, 6, 5], weight: [2, 2, 3, 3], attributes: { auto_pad: 'VALID' } }),
  direct('kernel as large as the input', { input: [3, 4, 4], weight: [5, 3, 4, 4], bias: 5 }),
  direct('1-d', { input: [3, 9], weight: [4, 3, 3], bias: 4, attributes: { strides: [2], pads: [1, 2] } }),
  direct('1-d, dilated, groups', {
    input: [4, 10],
    weight: [4, 2, 3],
    attributes: { group: 2, dilations: [2], pads: [2, 2] }
  }),
  direct('3-d', {
    input: [2, 4, 5, 3],
    weight: [3, 2, 2, 3, 2],
    bias: 3,
    attributes: { strides: [1, 2, 1], pads: [1, 1, 0, 0, 1, 1] }
  }),
  opCase('Conv', 'weights from the input', [3, 4, 4], (b) => {
    const kernel = b.add('Slice', [b.input, b.integers([0]), b.integers([2]), b.integers([2])])
    const narrow = b.add('Slice', [kernel, b.integers([0]), b.integers([2]), b.integers([3])])
    return b.add('Conv', [b.input, narrow])
  }),

  transposed('3x3', { input: [3, 4, 3], weight: [3, 2, 3, 3], bias: 2 }),
  transposed('stride 2, padding', {
    input: [3, 4, 3],
    weight: [3, 2, 3, 3],
    bias: 2,
    attributes: { strides: [2, 2], pads: [1, 1, 1, 1] }
  }),
  transposed('output_padding', {
    input: [2, 3, 4],
    weight: [2, 3, 3, 3],
    attributes: { strides: [2, 3], pads: [1, 0, 1, 1], output_padding: [1, 2] }
  }),
  transposed('groups and dilations', {
    input: [4, 3, 3],
    weight: [4, 2, 2, 3],
    bias: 4,
    attributes: { group: 2, dilations: [2, 1], strides: [1, 2] }
  }),
  transposed('output_shape', {
    input: [2, 3, 3],
    weight: [2, 2, 3, 3],
    attributes: { strides: [2, 2], output_shape: [6, 7] }
  }),
  transposed('auto_pad SAME_UPPER', {
    input: [2, 3, 4],
    weight: [2, 2, 3, 3],
    attributes: { strides: [2, 2], auto_pad: 'SAME_UPPER' }
  }),
  transposed('auto_pad SAME_LOWER', {
    input: [2, 3, 4],
    weight: [2, 2, 3, 3],
    attributes: { strides: [2, 2], auto_pad: 'SAME_LOWER' }
  }),
  transposed('1-d', { input: [3, 5], weight: [3, 2, 4], bias: 2, attributes: { strides: [2], pads: [1, 1] } }),
  transposed('3-d', { input: [2, 2, 3, 2], weight: [2, 2, 2, 2, 3], attributes: { strides: [2, 1, 1] } })
]
