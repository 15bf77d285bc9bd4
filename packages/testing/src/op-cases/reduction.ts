import type { Attribute } from '@agon/core'
import { distinct, whole } from './inputs.js'
import { opCase, type CaseOptions, type OpCase } from './op-case.js'

function reduction(
  op: string,
  what: string,
  axes: readonly number[] | undefined,
  attributes: Readonly<Record<string, Attribute>>,
  options: CaseOptions
): OpCase {
  return opCase(
    op,
    what,
    [3, 4, 5],
    (b) => b.add(op, [b.input, ...(axes === undefined ? [] : [b.integers(axes)])], attributes),
    options
  )
}

function all(op: string, options: CaseOptions = {}): readonly OpCase[] {
  return [
    reduction(op, 'spatial axes', [2, 3], {}, options),
    reduction(op, 'negative axes, dropped', [-1, -3], { keepdims: 0 }, options),
    reduction(op, 'channels', [1], { keepdims: 0 }, options),
    reduction(op, 'everything but the batch', [1, 2, 3], { keepdims: 0 }, options),
    reduction(op, 'everything', undefined, {}, options),
    reduction(op, 'nothing', undefined, { noop_with_empty_axes: 1 }, options)
  ]
}

/** Reductions over axes. */
export const reductionCases: readonly OpCase[] = [
  ...all('ReduceSum'),
  ...all('ReduceMean'),
  ...all('ReduceMax', { input: distinct }),
  ...all('ReduceMin', { input: distinct }),
  reduction('ReduceMax', 'equal values share', [2, 3], {}, { input: whole(0, 2), smooth: false }),
  reduction('ReduceMin', 'equal values share', [1], {}, { input: whole(0, 1), smooth: false })
]
