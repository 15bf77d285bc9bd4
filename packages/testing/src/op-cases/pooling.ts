import type { Attribute } from '@agon/core'
import { distinct, far, whole } from './inputs.js'
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

/** The same window in all kinds of pooling. */
function every(what: string, input: readonly number[], attributes: Attributes): readonly OpCase[] {
  return [
    pool('MaxPool', what, input, attributes, { input: distinct }),
    pool('AveragePool', what, input, attributes),
    pool('LogSumExpPool', what, input, { ...attributes, temperature: 2 }),
    pool('LogSumExpPool', `${what}, mean`, input, { ...attributes, temperature: 0.7, mean: 1 })
  ]
}

function counting(what: string, input: readonly number[], attributes: Attributes): OpCase {
  return pool('AveragePool', `${what}, padding counted`, input, { ...attributes, count_include_pad: 1 })
}

const overlapping = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }
const ceiling = { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }
const uneven = { kernel_shape: [3, 2], strides: [2, 1], pads: [0, 1, 2, 0] }

/** Pooling in one, two and three dimensions. */
export const poolingCases: readonly OpCase[] = [
  ...every('2x2', [2, 4, 6], { kernel_shape: [2, 2], strides: [2, 2] }),
  ...every('stride 1 by default', [2, 4, 4], { kernel_shape: [2, 3] }),
  ...every('overlapping, padded', [2, 7, 6], overlapping),
  ...every('ceil_mode', [2, 6, 8], ceiling),
  ...every('ceil_mode, padded', [2, 6, 7], { ...ceiling, pads: [1, 1, 1, 1] }),
  ...every('asymmetric padding', [2, 5, 5], uneven),
  ...every('dilated', [2, 7, 6], { kernel_shape: [2, 2], dilations: [2, 3] }),
  ...every('auto_pad SAME_UPPER', [2, 5, 6], { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_UPPER' }),
  ...every('auto_pad SAME_LOWER', [2, 5, 6], { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_LOWER' }),
  ...every('auto_pad VALID', [2, 5, 6], { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'VALID' }),
  ...every('1-d', [3, 9], { kernel_shape: [3], strides: [2], pads: [1, 0] }),
  ...every('3-d', [2, 3, 4, 4], { kernel_shape: [2, 2, 3], strides: [1, 2, 1], pads: [1, 0, 1, 0, 0, 1] }),
  counting('overlapping', [2, 7, 6], overlapping),
  counting('ceil_mode', [2, 6, 8], { ...ceiling, pads: [1, 1, 1, 1] }),
  counting('asymmetric', [2, 5, 5], uneven),
  counting('3-d', [1, 3, 4, 4], { kernel_shape: [2, 2, 3], pads: [1, 0, 1, 0, 0, 1] }),
  pool('MaxPool', 'equal values: the first wins', [2, 6, 6], overlapping, { input: whole(0, 1), smooth: false }),
  pool('MaxPool', 'negative values beside padding', [1, 4, 4], overlapping, { input: whole(-9, -1), smooth: false }),
  pool(
    'LogSumExpPool',
    'far and sharp',
    [2, 6, 6],
    { ...overlapping, temperature: 1e4 },
    { input: far, smooth: false }
  ),
  pool(
    'LogSumExpPool',
    'far, mean',
    [2, 6, 7],
    { ...ceiling, pads: [1, 1, 1, 1], temperature: 0.01, mean: 1 },
    { input: far, smooth: false }
  ),
  pool(
    'LogSumExpPool',
    'equal values share',
    [2, 6, 6],
    { ...overlapping, temperature: 1e3 },
    {
      input: whole(0, 1),
      smooth: false
    }
  ),
  pool('GlobalLogSumExpPool', '2-d', [3, 4, 5], { temperature: 3 }),
  pool('GlobalLogSumExpPool', '2-d, mean', [3, 4, 5], { temperature: 3, mean: 1 }),
  pool('GlobalLogSumExpPool', '1-d', [3, 7], { temperature: 1.5 }),
  pool('GlobalLogSumExpPool', '3-d, mean', [2, 3, 2, 2], { temperature: 1.5, mean: 1 }),
  pool('GlobalLogSumExpPool', 'far', [3, 4, 4], { temperature: 10 }, { input: far, smooth: false }),
  pool('GlobalAveragePool', '2-d', [3, 4, 5], {}),
  pool('GlobalAveragePool', '1-d', [3, 7], {}),
  pool('GlobalAveragePool', '3-d', [2, 3, 2, 2], {}),
  pool('GlobalMaxPool', '2-d', [3, 4, 5], {}, { input: distinct }),
  pool('GlobalMaxPool', '1-d', [3, 7], {}, { input: distinct }),
  pool('GlobalMaxPool', 'equal values: the first wins', [3, 4, 4], {}, { input: whole(0, 2), smooth: false })
]
