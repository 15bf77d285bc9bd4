import type { Model } from '@agon/core'
import { modelOf } from '@agon/testing'

/** A convolution and a layer of `units` before `labels` logits. Inputs `[N, 3, size, size]`. */
export function narrowNet(labels: number, units: number, size = 8): Model {
  return modelOf('narrow-net', [3, size, size], (m) => {
    const conv = m.add('Conv', [m.input, m.weights([4, 3, 3, 3], 0.2), m.weights([4], 0.1)], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1]
    })
    const flat = m.add('Flatten', [m.add('Relu', [conv])])
    const width = 4 * Math.ceil(size / 2) ** 2
    const hidden = m.add('Gemm', [flat, m.weights([width, units], 1 / Math.sqrt(width)), m.weights([units], 0.1)])
    return m.add('Gemm', [m.add('Tanh', [hidden]), m.weights([units, labels]), m.weights([labels])])
  })
}
