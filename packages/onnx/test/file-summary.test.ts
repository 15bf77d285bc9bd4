import { expect, it } from 'vitest'
import { summarizeOnnx } from '../src/file-summary.js'
import { file, floats, node } from './build.js'

it('a summary says what stands in a file, whether or not it can be run', () => {
  const bytes = file({
    opset: 13,
    nodes: [
      node('Relu', ['x'], ['a']),
      node('Relu', ['a'], ['b']),
      node('LSTM', ['b'], ['y']),
      node('Gelu', ['y'], ['z'], {}, { domain: 'com.microsoft' })
    ],
    weights: [floats('w', [1], [1])],
    inputs: { x: ['N', 4], w: [1] },
    outputs: { y: ['N', 4], z: undefined }
  })
  expect(summarizeOnnx(bytes)).toEqual({
    name: 'made',
    producer: '',
    opset: 13,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 4] }],
    outputs: [
      { name: 'y', dtype: 'float32', shape: ['N', 4] },
      { name: 'z', dtype: 'float32' }
    ],
    operators: [
      { op: 'Relu', count: 2 },
      { op: 'LSTM', count: 1 },
      { op: 'com.microsoft.Gelu', count: 1 }
    ]
  })
})
