import type { Model } from '@agon/core'
import { modelOf, type ModelBuilder } from './model-builder.js'

/** A network small enough to be run by any engine in milliseconds. */
export interface TinyModel {
  readonly model: Model
  /** Shape of one example, batch extent 1 first. */
  readonly inputShape: readonly number[]
  readonly labels: number
  /** Piecewise linear and without constants: the sum of gradient (.) input is the logit, for every label. */
  readonly homogeneous: boolean
}

/** Options of the nets that come with and without biases. */
export interface NetOptions {
  /** Default true. */
  readonly biases?: boolean
  /** Default 7. */
  readonly labels?: number
  /** Of the weights; default 1. */
  readonly seed?: number
}

type Layer = (b: ModelBuilder, x: string, inputs: number, outputs: number) => string

/** Conv 3x3 of the same extent, He-initialised (He et al. 2015, arXiv 1502.01852). */
function convOf(biases: boolean, kernel = 3): Layer {
  return (b, x, inputs, outputs) => {
    const weight = b.weights([outputs, inputs, kernel, kernel], Math.sqrt(2 / (inputs * kernel * kernel)))
    const pad = (kernel - 1) / 2
    return b.add('Conv', [x, weight, ...(biases ? [b.weights([outputs], 0.3)] : [])], { pads: [pad, pad, pad, pad] })
  }
}

/** Gemm with weights [outputs, inputs]. */
function denseOf(biases: boolean): Layer {
  return (b, x, inputs, outputs) => {
    const weight = b.weights([outputs, inputs], Math.sqrt(2 / inputs))
    return b.add('Gemm', [x, weight, ...(biases ? [b.weights([outputs], 0.3)] : [])], { transB: 1 })
  }
}

const relu = (b: ModelBuilder, x: string): string => b.add('Relu', [x])
const half = { kernel_shape: [2, 2], strides: [2, 2] }

function tiny(
  name: string,
  inputShape: readonly number[],
  labels: number,
  homogeneous: boolean,
  model: Model
): TinyModel {
  return { model: { ...model, name }, inputShape: [1, ...inputShape], labels, homogeneous }
}

/** Conv, ReLU, max-pool, conv, ReLU, average-pool, dense. */
export function tinyCnn({ biases = true, labels = 7, seed = 1 }: NetOptions = {}): TinyModel {
  const [conv, dense] = [convOf(biases), denseOf(biases)]
  const model = modelOf(
    'cnn',
    [3, 8, 8],
    (b) => {
      const first = b.add('MaxPool', [relu(b, conv(b, b.input, 3, 8))], half)
      const second = b.add('AveragePool', [relu(b, conv(b, first, 8, 12))], half)
      return dense(b, b.add('Flatten', [second]), 48, labels)
    },
    seed
  )
  return tiny(biases ? 'tiny-cnn' : 'tiny-cnn-without-biases', [3, 8, 8], labels, !biases, model)
}

/** Two dense layers with a ReLU between. */
export function tinyMlp({ biases = true, labels = 7, seed = 1 }: NetOptions = {}): TinyModel {
  const dense = denseOf(biases)
  const model = modelOf('mlp', [10], (b) => dense(b, relu(b, dense(b, b.input, 10, 16)), 16, labels), seed)
  return tiny(biases ? 'tiny-mlp' : 'tiny-mlp-without-biases', [10], labels, !biases, model)
}

/** A residual block with batch normalization, a global average, a dense layer. */
export function tinyResidual({ labels = 7, seed = 1 }: NetOptions = {}): TinyModel {
  const conv = convOf(false)
  const normalize = (b: ModelBuilder, x: string, channels: number): string => {
    const shape = [channels]
    const parameters = [
      b.uniform(shape, 0.5, 1.5),
      b.weights(shape, 0.3),
      b.weights(shape, 0.3),
      b.uniform(shape, 0.5, 2)
    ]
    return b.add('BatchNormalization', [x, ...parameters])
  }
  const model = modelOf(
    'residual',
    [3, 6, 6],
    (b) => {
      const stem = relu(b, normalize(b, conv(b, b.input, 3, 6), 6))
      const inner = normalize(b, conv(b, relu(b, normalize(b, conv(b, stem, 6, 6), 6)), 6, 6), 6)
      const joined = relu(b, b.add('Add', [inner, stem]))
      return denseOf(true)(b, b.add('Flatten', [b.add('GlobalAveragePool', [joined])]), 6, labels)
    },
    seed
  )
  return tiny('tiny-residual', [3, 6, 6], labels, false, model)
}

/** Two branches of different kernels joined along the channels; no dense layer: a 1x1 convolution and a global average give the logits. */
export function tinyConcat({ labels = 7, seed = 1 }: NetOptions = {}): TinyModel {
  const model = modelOf(
    'concat',
    [3, 7, 6],
    (b) => {
      const squeezed = relu(b, convOf(true, 1)(b, b.input, 3, 4))
      const branches = [convOf(true, 1)(b, squeezed, 4, 5), convOf(true)(b, squeezed, 4, 5)].map((x) => relu(b, x))
      const joined = b.add('MaxPool', [b.add('Concat', branches, { axis: 1 })], {
        kernel_shape: [3, 3],
        strides: [2, 2]
      })
      return b.add('Flatten', [b.add('GlobalAveragePool', [convOf(true, 1)(b, joined, 10, labels)])])
    },
    seed
  )
  return tiny('tiny-concat', [3, 7, 6], labels, false, model)
}

/** One transformer block over tokens `[N, 5, 8]`: two heads, layer normalization, GELU; the mean token gives the logits. */
export function tinyAttention({ labels = 7, seed = 1 }: NetOptions = {}): TinyModel {
  const linear = (b: ModelBuilder, x: string, inputs: number, outputs: number): string =>
    b.add('Add', [b.add('MatMul', [x, b.weights([inputs, outputs], Math.sqrt(1 / inputs))]), b.weights([outputs], 0.2)])
  const normalize = (b: ModelBuilder, x: string): string =>
    b.add('LayerNormalization', [x, b.uniform([8], 0.5, 1.5), b.weights([8], 0.2)])
  const heads = (b: ModelBuilder, x: string, perm: number[]): string =>
    b.add('Transpose', [b.add('Reshape', [x, b.integers([0, 5, 2, 4])])], { perm })
  const model = modelOf(
    'attention',
    [5, 8],
    (b) => {
      const x = normalize(b, b.input)
      const [queries, keys, values] = b.addMany('Split', [linear(b, x, 8, 24)], 3, { axis: -1, num_outputs: 3 })
      const scores = b.add('MatMul', [heads(b, queries!, [0, 2, 1, 3]), heads(b, keys!, [0, 2, 3, 1])])
      const weights = b.add('Softmax', [b.add('Div', [scores, b.floats([], [2])])], { axis: -1 })
      const mixed = b.add('Transpose', [b.add('MatMul', [weights, heads(b, values!, [0, 2, 1, 3])])], {
        perm: [0, 2, 1, 3]
      })
      const attended = b.add('Add', [b.input, linear(b, b.add('Reshape', [mixed, b.integers([0, 5, 8])]), 8, 8)])
      const hidden = b.add('Gelu', [linear(b, normalize(b, attended), 8, 16)])
      const out = b.add('Add', [attended, linear(b, hidden, 16, 8)])
      return linear(b, b.add('ReduceMean', [normalize(b, out), b.integers([1])], { keepdims: 0 }), 8, labels)
    },
    seed
  )
  return tiny('tiny-attention', [5, 8], labels, false, model)
}

/** One of each. */
export function tinyModels(): readonly TinyModel[] {
  return [
    tinyMlp(),
    tinyMlp({ biases: false }),
    tinyCnn(),
    tinyCnn({ biases: false }),
    tinyResidual(),
    tinyConcat(),
    tinyAttention()
  ]
}
