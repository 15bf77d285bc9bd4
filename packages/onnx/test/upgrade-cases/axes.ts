import { ints, node } from '../build.js'
import { picture, y, type Case, type Cases } from './case.js'

const reduce = (op: string, opset: number): Case => ({
  opset,
  nodes: [node(op, ['x'], y, { axes: [1], keepdims: 0 })]
})

/** Axes, starts, ends and sizes that became inputs. */
export const axesCases: Cases = {
  'Squeeze, Unsqueeze 11': {
    opset: 11,
    nodes: [node('Unsqueeze', ['x'], ['u'], { axes: [0, 2] }), node('Squeeze', ['u'], y, { axes: [0] })]
  },
  'Squeeze 11 of every axis of extent 1': {
    opset: 11,
    nodes: [node('Unsqueeze', ['x'], ['u'], { axes: [2] }), node('Squeeze', ['u'], y)],
    at: [2, 4]
  },
  'Unsqueeze 13': { opset: 13, nodes: [node('Unsqueeze', ['x', 'axes'], y)], weights: [ints('axes', [1])] },
  'ReduceSum 11': reduce('ReduceSum', 11),
  'ReduceMean 17': reduce('ReduceMean', 17),
  'ReduceMax 13': reduce('ReduceMax', 13),
  'ReduceMin 7': reduce('ReduceMin', 7),
  'ReduceL1 13': reduce('ReduceL1', 13),
  'ReduceL2 11': reduce('ReduceL2', 11),
  'ReduceSumSquare 7': reduce('ReduceSumSquare', 7),
  'ReduceLogSumExp 17': reduce('ReduceLogSumExp', 17),
  'ReduceMean 17 over everything but the batch, kept': {
    nodes: [node('ReduceMean', ['x'], y, { axes: [-1, -2] })],
    inputs: picture,
    at: [2, 2, 4, 4]
  },
  'ReduceSum 13 with axes as input': {
    opset: 13,
    nodes: [node('ReduceSum', ['x', 'axes'], y, { keepdims: 1 })],
    weights: [ints('axes', [1])]
  },
  'Slice 9': { opset: 9, nodes: [node('Slice', ['x'], y, { starts: [1], ends: [2 ** 63], axes: [1] })] },
  'Slice 7 without axes': { opset: 7, nodes: [node('Slice', ['x'], y, { starts: [0, 1], ends: [1, 3] })], at: [1, 4] },
  'Slice 10': {
    opset: 10,
    nodes: [node('Slice', ['x', 's', 'e', 'a', 'st'], y)],
    weights: [ints('s', [-1]), ints('e', [-9]), ints('a', [1]), ints('st', [-2])]
  },
  'Split 11 with sizes': {
    opset: 11,
    nodes: [node('Split', ['x'], ['a', 'b'], { axis: 1, split: [1, 3] }), node('Concat', ['b', 'a'], y, { axis: 1 })]
  },
  'Split 11 in equal parts': {
    opset: 11,
    nodes: [node('Split', ['x'], ['a', 'b'], { axis: 1 }), node('Sub', ['b', 'a'], y)]
  },
  'Split 13 in equal parts, one unused': { opset: 13, nodes: [node('Split', ['x'], ['a', 'y'], { axis: 1 })] },
  'Split 18 by number': {
    opset: 18,
    nodes: [node('Split', ['x'], ['a', 'b'], { axis: 1, num_outputs: 2 }), node('Sub', ['b', 'a'], y)]
  }
}
