import type { Attribute } from '@agon/core'
import { awayFrom, between } from './inputs.js'
import { opCase, type CaseOptions, type OpCase } from './op-case.js'

function reduction(op: string, options: CaseOptions = {}): readonly OpCase[] {
  const reduce = (what: string, axes: readonly number[], attributes: Readonly<Record<string, Attribute>>): OpCase =>
    opCase(op, what, [3, 2, 4], (b) => b.add(op, [b.input, b.integers(axes)], attributes), options)
  return [reduce('spatial axes', [2, 3], {}), reduce('negative axis, dropped', [-2], { keepdims: 0 })]
}

function lpPool(what: string, attributes: Readonly<Record<string, Attribute>>): OpCase {
  return opCase('LpPool', what, [2, 5, 6], (b) => b.add('LpPool', [b.input], attributes), { input: awayFrom(0) })
}

/** Operators that are replaced by simpler ones before an engine sees them. */
export const compositeCases: readonly OpCase[] = [
  ...reduction('ReduceL1', { input: awayFrom(0) }),
  ...reduction('ReduceL2', { input: awayFrom(0) }),
  ...reduction('ReduceSumSquare'),
  ...reduction('ReduceLogSum', { input: between(0.5, 2) }),
  ...reduction('ReduceLogSumExp'),
  ...reduction('ReduceProd'),
  opCase('ReduceLogSumExp', 'far', [2, 3], (b) => b.add('ReduceLogSumExp', [b.input, b.integers([2])]), {
    input: between(-900, 900),
    smooth: false
  }),
  opCase('Mean', 'three inputs', [4, 3], (b) => b.add('Mean', [b.input, b.weights([3]), b.add('Sin', [b.input])])),
  opCase('MeanVarianceNormalization', 'per channel', [2, 3, 4], (b) => b.add('MeanVarianceNormalization', [b.input])),
  opCase('MeanVarianceNormalization', 'across channels', [2, 3, 4], (b) =>
    b.add('MeanVarianceNormalization', [b.input], { axes: [1, 2, 3] })
  ),
  lpPool('p = 2', { kernel_shape: [2, 3], strides: [2, 2] }),
  lpPool('p = 3, padded', { kernel_shape: [3, 3], pads: [1, 1, 1, 1], strides: [2, 1], p: 3 })
]
