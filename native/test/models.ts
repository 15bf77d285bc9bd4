import type { Model } from '@agon/core'
import { modelOf } from '@agon/testing'

/**
 * A small picture classifier with what the engine treats specially: strides, overlapping and plain max pooling, joined branches,
 * a residual sum, normalisation, average pooling. Inputs `[N, 3, 12, 12]`.
 */
export function smallNet(labels = 100): Model {
  return modelOf('small-net', [3, 12, 12], (m) => {
    const conv = (x: string, from: number, to: number, kernel: number, attributes = {}) =>
      m.add(
        'Conv',
        [x, m.weights([to, from, kernel, kernel], 1 / Math.sqrt(from * kernel * kernel)), m.weights([to], 0.1)],
        {
          kernel_shape: [kernel, kernel],
          ...attributes
        }
      )
    const stem = m.add('Relu', [conv(m.input, 3, 10, 3, { pads: [1, 1, 1, 1] })])
    const pooled = m.add('MaxPool', [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [0, 0, 1, 1] })
    const left = m.add('Relu', [conv(pooled, 10, 6, 1)])
    const right = m.add('Tanh', [conv(pooled, 10, 7, 3, { pads: [1, 1, 1, 1] })])
    const joined = m.add('Concat', [left, right], { axis: 1 })
    const residual = m.add('Add', [joined, conv(joined, 13, 13, 3, { pads: [1, 1, 1, 1] })])
    const normal = m.add('InstanceNormalization', [residual, m.uniform([13], 0.5, 1.5), m.weights([13], 0.1)])
    const small = m.add('MaxPool', [m.add('Relu', [normal])], { kernel_shape: [2, 2], strides: [2, 2] })
    const flat = m.add('Flatten', [m.add('AveragePool', [small], { kernel_shape: [2, 2] })])
    return m.add('Gemm', [flat, m.weights([13 * 4, labels]), m.weights([labels])])
  })
}

/** A stem whose cotangents of few labels are scattered, and those of more labels listed by position. Inputs `[N, 3, 32, 32]`. */
export function stemNet(labels: number): Model {
  return modelOf('stem-net', [3, 32, 32], (m) => {
    const stem = m.add('Conv', [m.input, m.weights([6, 3, 5, 5], 0.1), m.weights([6], 0.1)], {
      kernel_shape: [5, 5],
      strides: [2, 2],
      pads: [2, 2, 2, 2]
    })
    const pooled = m.add('MaxPool', [m.add('Relu', [stem])], { kernel_shape: [2, 2], strides: [2, 2] })
    return m.add('Gemm', [m.add('Flatten', [pooled]), m.weights([6 * 64, labels]), m.weights([labels])])
  })
}

/** Convolutions that keep a processor busy for seconds with a thousand labels. Inputs `[N, 4, 48, 48]`. */
export function slowNet(labels = 1000): Model {
  return modelOf('slow-net', [4, 48, 48], (m) => {
    const layer = (x: string, from: number) =>
      m.add('Tanh', [
        m.add('Conv', [x, m.weights([48, from, 3, 3], 1 / Math.sqrt(9 * from))], {
          kernel_shape: [3, 3],
          pads: [1, 1, 1, 1]
        })
      ])
    const deep = layer(layer(layer(m.input, 4), 48), 48)
    const flat = m.add('Flatten', [m.add('GlobalAveragePool', [deep])])
    return m.add('Gemm', [flat, m.weights([48, labels])])
  })
}

/** A stem whose cotangents are spread, and convolutions that go tile by tile, one of them beside a skip; in such passes only. Inputs `[N, 3, 20, 20]`. */
export function tilesNet(): Model {
  return modelOf('tiles', [3, 20, 20], (m) => {
    const conv = (x: string, from: number, to: number, kernel: number, stride: number): string =>
      m.add(
        'Conv',
        [x, m.weights([to, from, kernel, kernel], 1 / Math.sqrt(from * kernel * kernel)), m.weights([to], 0.1)],
        {
          kernel_shape: [kernel, kernel],
          strides: [stride, stride],
          pads: [1, 1, 1, 1]
        }
      )
    const stem = m.add('Tanh', [conv(m.input, 3, 32, 5, 2)])
    const one = m.add('Tanh', [conv(stem, 32, 32, 3, 1)])
    const two = m.add('Add', [stem, conv(one, 32, 32, 3, 1)])
    const three = m.add('Tanh', [conv(two, 32, 48, 3, 1)])
    return m.add('Gemm', [m.add('Flatten', [m.add('GlobalAveragePool', [three])]), m.weights([48, 6]), m.weights([6])])
  })
}
