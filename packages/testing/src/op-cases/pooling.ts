import type { Attribute } from '@agon/core'
import { distinct, whole } from './inputs.js'
import { opCase, type CaseOptions, type OpCase } from './op-case.js'

type Attributes = Readonly<Record<string, Attribute>>

function pool(
  op: string,
  what: string,
  input: readonly number[],
  attributes: Attributes,
  options?: CaseOptions
): OpCase {
  return opCase(op, what, input, (b) => b.add(op, [b.input], attributes), options)
}

/** The same window in both kinds of pooling. */
function both(what: string, input: readonly number[], attributes: Attributes): readonly OpCase[] {
  return [pool('MaxPool', what, input, attributes, { input: distinct }), pool('AveragePool', what, input, attributes)]
}

function counting(what: string, input: readonly number[], attributes: Attributes): OpCase {
  return pool('AveragePool', `${what}, padding counted`, input, { ...attributes, count_include_pad: 1 })
}

const overlapping = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }
const ceiling = { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }
const uneven = { kernel_shape: [3, 2], strides: [2, 1], pads: [0, 1, 2, 0] }

/** Pooling in one, two and three dimensions. */
export const poolingCases: readonly OpCase[] = [
  ...both('2x2', [2, 4, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  ...both('stride 1 by default', [2, 4, 4], { kernel_shape: [2, 3] }),
  ...both('overlapping, padded', [2, 7, 6], overlapping),
  ...both('ceil_mode', [2, 6, 8], ceiling),
  ...both('ceil_mode, padded', [2, 6, 7], { ...ceiling, pads: [1, 1, 1, 1] }),
  ...both('asymmetric padding', [2, 5, 5], uneven),
  ...both('dilated', [2, 7, 6], { kernel_shape: [2, 2], dilations: [2, 3] }),
  ...both('auto_pad SAME_UPPER', [2, 5, 6], { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  ...both('auto_pad SAME_LOWER', [2, 5, 6], { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  ...both('auto_pad VALID', [2, 5, 6], { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'VALID' }),
  ...both('1-d', [3, 9], { kernel_shape: [3], strides: [2], pads: [1, 0] }),
  ...both('3-d', [2, 3, 4, 4], { kernel_shape: [2, 2, 3], strides: [1, 2, 1], pads: [1, 0, 1, 0, 0, 1] }),
  counting('overlapping', [2, 7, 6], overlapping),
  counting('ceil_mode', [2, 6, 8], { ...ceiling, pads: [1, 1, 1, 1] }),
  counting('asymmetric', [2, 5, 5], uneven),
  counting('3-d', [1, 3, 4, 4], { kernel_shape: [2, 2, 3], pads: [1, 0, 1, 0, 0, 1] }),
  pool('MaxPool', 'equal values: the first wins', [2, 6, 6], overlapping, { input: whole(0, 1), smooth: false }),
  pool('MaxPool', 'negative values beside padding', [1, 4, 4], overlapping, { input: whole(-9, -1), smooth: false }),
  pool('GlobalAveragePool', '2-d', [3, 4, 5], {}),
  pool('GlobalAveragePool', '1-d', [3, 7], {}),
  pool('GlobalAveragePool', '3-d', [2, 3, 2, 2], {}),
  pool('GlobalMaxPool', '2-d', [3, 4, 5], {}, { input: distinct }),
  pool('GlobalMaxPool', '1-d', [3, 7], {}, { input: distinct }),
  pool('GlobalMaxPool', 'equal values: the first wins', [3, 4, 4], {}, { input: whole(0, 2), smooth: false })
]
