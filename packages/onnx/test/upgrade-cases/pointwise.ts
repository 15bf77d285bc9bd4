import { floats, node } from '../build.js'
import { picture, y, type Cases } from './case.js'

/** Padding, clipping, dropout and the softmax that flattened. */
export const pointwiseCases: Cases = {
  'Pad 7': {
    opset: 7,
    nodes: [node('Pad', ['x'], y, { pads: [0, 0, 1, 0, 0, 0, 0, 2], value: { float: 0.25 } })],
    inputs: picture
  },
  'Pad 7 reflecting': {
    opset: 7,
    nodes: [node('Pad', ['x'], y, { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: 'reflect' })],
    inputs: picture
  },
  'Clip 6': { opset: 7, nodes: [node('Clip', ['x'], y, { min: { float: -0.5 }, max: { float: 0.5 } })] },
  'Clip 6 with one limit': { opset: 10, nodes: [node('Clip', ['x'], y, { min: { float: 0 } })] },
  'Clip 12 without a lower limit': {
    opset: 12,
    nodes: [node('Clip', ['x', '', 'max'], y)],
    weights: [floats('max', [], [0.5])]
  },
  'Dropout 7': { opset: 7, nodes: [node('Dropout', ['x'], ['y'], { ratio: 0.5 })] },
  'Dropout 12': {
    opset: 12,
    nodes: [node('Dropout', ['x', 'r', 't'], ['y', 'mask'])],
    weights: [floats('r', [], [0.5]), { name: 't', dims: [], dataType: 9, int32Data: [0] }]
  },
  'Softmax 11 of a row': { opset: 11, nodes: [node('Softmax', ['x'], y)], ops: ['Softmax'] },
  'Softmax 11 over several axes': {
    opset: 11,
    nodes: [node('Softmax', ['x'], y, { axis: 2 })],
    inputs: picture,
    ops: ['Flatten', 'Softmax', 'Shape', 'Reshape']
  },
  'Softmax 7 of pooled channels': {
    opset: 7,
    nodes: [node('GlobalAveragePool', ['x'], ['p']), node('Softmax', ['p'], y)],
    inputs: picture,
    ops: ['GlobalAveragePool', 'Softmax']
  },
  'LogSoftmax 11 from axis 0': {
    opset: 11,
    nodes: [node('LogSoftmax', ['x'], y, { axis: 0 })],
    inputs: { x: [1, 4] },
    at: [1, 4]
  },
  'LogSoftmax 13': { opset: 13, nodes: [node('LogSoftmax', ['x'], y)] }
}
