import { floats, ints, node } from '../build.js'
import { picture, y, type Cases } from './case.js'

const channels = ['scale', 'shift', 'mean', 'var'].map((name, i) => floats(name, [2], [0.5 + i, 1.5]))

/** Upsample, Resize, and normalisations. */
export const resizeCases: Cases = {
  'Upsample 7': {
    opset: 7,
    nodes: [node('Upsample', ['x'], y, { scales: { floats: [1, 1, 2, 3] } })],
    inputs: picture
  },
  'Upsample 9 bilinear': {
    opset: 9,
    nodes: [node('Upsample', ['x', 's'], y, { mode: 'linear' })],
    weights: [floats('s', [4], [1, 1, 2, 2])],
    inputs: picture
  },
  'Upsample 9 by a Constant': {
    opset: 9,
    nodes: [node('Constant', [], ['s'], { value: floats('', [4], [1, 1, 2, 2]) }), node('Upsample', ['x', 's'], y)],
    inputs: picture
  },
  'Resize 10 that reduces': {
    opset: 10,
    nodes: [node('Resize', ['x', 's'], y)],
    weights: [floats('s', [4], [1, 1, 0.5, 0.75])],
    inputs: picture
  },
  'Resize 11 by scales': {
    opset: 11,
    nodes: [node('Resize', ['x', 'roi', 's'], y, { mode: 'linear', coordinate_transformation_mode: 'align_corners' })],
    weights: [floats('roi', [0], []), floats('s', [4], [1, 1, 2, 2])],
    inputs: picture
  },
  'Resize 11 by sizes': {
    opset: 11,
    nodes: [
      node('Resize', ['x', 'none', 'none', 'size'], y, {
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor'
      })
    ],
    weights: [floats('none', [0], []), ints('size', [1, 2, 6, 7])],
    inputs: { x: [1, 2, 4, 4] }
  },
  'Resize 11 cubic': {
    opset: 11,
    nodes: [node('Resize', ['x', 'roi', 's'], y, { mode: 'cubic', cubic_coeff_a: { float: -0.5 } })],
    weights: [floats('roi', [0], []), floats('s', [4], [1, 1, 2, 2])],
    inputs: picture
  },
  'Resize 13': {
    opset: 13,
    nodes: [node('Resize', ['x', '', 's'], y, { nearest_mode: 'ceil' })],
    weights: [floats('s', [4], [1, 1, 1.5, 2])],
    inputs: picture
  },
  'Resize 19': {
    opset: 19,
    nodes: [node('Resize', ['x', '', 's'], y, { mode: 'linear' })],
    weights: [floats('s', [4], [1, 1, 2, 0.5])],
    inputs: picture
  },
  'GroupNormalization 18: scale per group': {
    opset: 18,
    nodes: [node('GroupNormalization', ['x', 's', 'b'], y, { num_groups: 2, epsilon: { float: 0.01 } })],
    weights: [floats('s', [2], [0.5, 2]), floats('b', [2], [1, -1])],
    inputs: { x: ['N', 4, 3, 3] }
  },
  'GroupNormalization 21: scale per channel': {
    opset: 21,
    nodes: [node('GroupNormalization', ['x', 's', 'b'], y, { num_groups: 2 })],
    weights: [floats('s', [4], [0.5, 2, 1, 3]), floats('b', [4], [1, -1, 0, 2])],
    inputs: { x: ['N', 4, 3, 3] }
  },
  ...Object.fromEntries(
    [7, 9, 14, 15].map((opset) => [
      `BatchNormalization ${opset}`,
      {
        opset,
        nodes: [
          node('BatchNormalization', ['x', 'scale', 'shift', 'mean', 'var'], y, {
            epsilon: { float: 0.001 },
            momentum: { float: 0.5 }
          })
        ],
        weights: channels,
        inputs: picture
      }
    ])
  )
}
