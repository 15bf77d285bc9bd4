import { floats, node } from '../build.js'
import { picture, y, type Cases } from './case.js'

/** Constants, casts, quantised weights, products. */
export const algebraCases: Cases = {
  'Gemm 7 and an old Constant': {
    opset: 7,
    nodes: [
      node('Constant', [], ['w'], { value: floats('', [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]) }),
      node('Gemm', ['x', 'w', 'c'], y, { alpha: { float: 0.5 } })
    ],
    weights: [floats('c', [2], [1, -1])]
  },
  'Constants of all kinds': {
    nodes: [
      node('Constant', [], ['f'], { value_float: { float: 2 } }),
      node('Constant', [], ['fs'], { value_floats: { floats: [1, 2, 3, 4] } }),
      node('Constant', [], ['i'], { value_int: -1 }),
      node('Constant', [], ['is'], { value_ints: [1] }),
      node('Mul', ['x', 'f'], ['a']),
      node('Add', ['a', 'fs'], ['b']),
      node('ReduceMean', ['b'], ['c'], { axes: [1], keepdims: 0 }),
      node('Unsqueeze', ['c', 'is'], ['d']),
      node('Cast', ['i'], ['e'], { to: 1 }),
      node('Mul', ['d', 'e'], y)
    ]
  },
  'Casts through the types that are held otherwise': {
    nodes: [
      node('Cast', ['x'], ['a'], { to: 11 }),
      node('Cast', ['a'], ['b'], { to: 1 }),
      node('Cast', ['b'], ['i'], { to: 6 }),
      node('Cast', ['i'], ['c'], { to: 1 }),
      node('Cast', ['x'], ['t'], { to: 9 }),
      node('Cast', ['t'], ['d'], { to: 1 }),
      node('Sum', ['b', 'c', 'd'], y)
    ]
  },
  'DequantizeLinear 10 of a weight, per tensor': {
    opset: 10,
    nodes: [node('DequantizeLinear', ['q', 's', 'z'], ['w']), node('MatMul', ['x', 'w'], y)],
    weights: [
      { name: 'q', dims: [4, 2], dataType: 2, rawData: Uint8Array.of(0, 1, 2, 3, 128, 200, 254, 255) },
      floats('s', [], [0.25]),
      { name: 'z', dims: [], dataType: 2, int32Data: [128] }
    ],
    ops: ['MatMul']
  },
  'DequantizeLinear 13 of a weight, per axis': {
    opset: 13,
    nodes: [node('DequantizeLinear', ['q', 's'], ['w'], { axis: -1 }), node('MatMul', ['x', 'w'], y)],
    weights: [
      { name: 'q', dims: [4, 2], dataType: 3, rawData: Uint8Array.of(0, 1, 2, 3, 128, 200, 254, 255) },
      floats('s', [2], [0.25, 4])
    ]
  },
  'Einsum with a transposed weight': {
    nodes: [node('Einsum', ['x', 'w'], y, { equation: 'bi, ki -> bk' })],
    weights: [
      floats(
        'w',
        [3, 4],
        Array.from({ length: 12 }, (_, i) => i / 3 - 1)
      )
    ],
    ops: ['MatMul', 'Identity']
  },
  'Einsum of attention scores': {
    nodes: [node('Einsum', ['x', 'k'], y, { equation: 'bhid,bhjd->bhij' })],
    weights: [
      floats(
        'k',
        [1, 2, 3, 4],
        Array.from({ length: 24 }, (_, i) => Math.sin(i))
      )
    ],
    inputs: { x: [1, 2, 4, 4] }
  },
  'Einsum with several axes on each side': {
    nodes: [node('Einsum', ['x', 'w'], y, { equation: 'bcij,kli->blkjc' })],
    weights: [
      floats(
        'w',
        [2, 3, 4],
        Array.from({ length: 24 }, (_, i) => Math.cos(i))
      )
    ],
    inputs: picture
  },
  'Einsum that sums an axis away and has no rows': {
    nodes: [node('Einsum', ['x', 'w'], y, { equation: 'bi,i' })],
    weights: [floats('w', [4], [1, 2, -3, 4])]
  },
  'Einsum without a common axis': {
    nodes: [node('Einsum', ['x', 'w'], y, { equation: 'bi,kj->bkj' })],
    weights: [floats('w', [2, 2], [1, 2, -3, 4])]
  }
}
