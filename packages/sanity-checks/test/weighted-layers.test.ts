import { modelOf, tinyAttention, tinyMlp, tinyResidual, type ModelBuilder } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { weightedLayers } from '../src/index.js'

const built = (shape: readonly number[], build: (b: ModelBuilder) => string) =>
  weightedLayers(modelOf('net', shape, build))
const rolesOf = ({ parameters }: ReturnType<typeof weightedLayers>[number]) => parameters.map(({ role }) => role)

describe('the weighted layers of a model', () => {
  it('come in execution order, with their biases', () => {
    const layers = weightedLayers(tinyMlp().model)
    expect(layers.map(({ op }) => op)).toEqual(['Gemm', 'Gemm'])
    expect(layers.map(rolesOf)).toEqual([
      ['weight', 'bias'],
      ['weight', 'bias']
    ])
    expect(layers.map(({ rectified }) => rectified)).toEqual([true, false])
  })

  it('take the batch normalisation right behind a convolution with it, unless asked otherwise', () => {
    const { model } = tinyResidual()
    const joined = weightedLayers(model)
    expect(joined.map(({ op }) => op)).toEqual(['Conv', 'Conv', 'Conv', 'Gemm'])
    expect(rolesOf(joined[0]!)).toEqual(['weight', 'scale', 'shift', 'mean', 'variance'])
    // The last convolution's rectifier comes behind the residual sum.
    expect(joined.map(({ rectified }) => rectified)).toEqual([true, true, true, false])
    const separate = weightedLayers(model, { norms: 'separate' })
    expect(separate.map(({ op }) => op)).toEqual(
      ['Conv', 'Conv', 'Conv'].flatMap((op) => [op, 'BatchNormalization']).concat('Gemm')
    )
  })

  it('of a transformer: products with their biases, layer normalisations, no formula and no product of two values', () => {
    const layers = weightedLayers(tinyAttention().model)
    expect(layers.map(({ op }) => op)).toEqual(
      'LayerNormalization MatMul MatMul LayerNormalization MatMul MatMul LayerNormalization MatMul'.split(' ')
    )
    expect(layers.filter(({ op }) => op === 'MatMul').map(rolesOf)).toEqual(Array(5).fill(['weight', 'bias']))
    expect(layers.map(({ rectified }) => rectified)).toEqual([false, false, false, false, true, false, false, false])
  })

  it('read weights through Transpose and Reshape, with fans of what is multiplied', () => {
    const [layer, last] = built([6], (b) => {
      const turned = b.add('Transpose', [b.add('Identity', [b.weights([4, 6])])], { perm: [1, 0] })
      const shaped = b.add('Reshape', [b.weights([12]), b.integers([4, 3])])
      return b.add('MatMul', [b.add('MatMul', [b.input, turned]), shaped])
    })
    expect(layer!.parameters).toMatchObject([{ constant: 'c0', fans: { in: 6, out: 4 } }])
    expect(last!.parameters).toMatchObject([{ constant: 'c1', fans: { in: 4, out: 3 } }])
  })

  it('leave what prepares the input, single numbers and masks as they are, and take a decomposed normalisation', () => {
    const layers = built([4, 4], (b) => {
      const prepared = b.add('Sub', [b.input, b.floats([4], [1, 2, 3, 4])])
      const x = b.add('Div', [b.add('MatMul', [prepared, b.weights([4, 4])]), b.floats([], [2])])
      const masked = b.add('Add', [x, b.floats([1, 4], [0, 0, -1e9, -1e9])])
      const centred = b.add('Sub', [masked, b.add('ReduceMean', [masked, b.integers([2])])])
      return b.add('Add', [b.add('Mul', [centred, b.uniform([4], 0.5, 1)]), b.weights([4])])
    })
    expect(layers.map(({ op }) => op)).toEqual(['MatMul', 'Mul'])
    expect(layers.map(rolesOf)).toEqual([['weight'], ['scale', 'bias']])
  })

  it('count a constant that several nodes read once, for the layer nearest to the logits', () => {
    const layers = built([3], (b) => {
      const table = b.weights([9, 5])
      const words = b.add('Gather', [table, b.add('Cast', [b.input], { to: 7 })])
      const hidden = b.add('Relu', [b.add('MatMul', [words, b.weights([5, 5])])])
      return b.add('MatMul', [hidden, b.add('Transpose', [table], { perm: [1, 0] })])
    })
    expect(layers.map(({ op }) => op)).toEqual(['MatMul', 'MatMul'])
    expect(layers[1]!.parameters).toMatchObject([{ constant: 'c0', role: 'weight', fans: { in: 5, out: 9 } }])
    expect(layers[1]!.parameters[0]!.sharedWith).toHaveLength(1)
    expect(layers[0]!.parameters[0]!.sharedWith).toEqual([])
  })

  it('leave out a constant that is read in different roles: a scale that elsewhere is a variance', () => {
    const layers = built([4, 3, 3], (b) => {
      const ones = b.floats([4], [1, 1, 1, 1])
      const norm = (x: string, scale: string): string =>
        b.add('BatchNormalization', [x, scale, b.weights([4]), b.weights([4]), ones])
      return norm(norm(b.add('Conv', [b.input, b.weights([4, 4, 1, 1])]), b.uniform([4], 1, 2)), ones)
    })
    expect(layers).toHaveLength(1)
    expect(rolesOf(layers[0]!)).toEqual(['weight', 'scale', 'shift', 'mean', 'shift', 'mean'])
  })

  it('know the fans of groups, transposed factors and strides', () => {
    const fans = built([6, 8, 8], (b) => {
      const depthwise = b.add('Conv', [b.input, b.weights([6, 1, 3, 3])], { group: 6 })
      const grouped = b.add('Conv', [depthwise, b.weights([4, 3, 1, 1])], { group: 2 })
      const up = b.add('ConvTranspose', [grouped, b.weights([4, 5, 2, 2])], { strides: [2, 2] })
      const flat = b.add('Flatten', [b.add('GlobalAveragePool', [up])])
      return b.add('Gemm', [b.add('Gemm', [flat, b.weights([5, 7])]), b.weights([3, 7])], { transB: 1 })
    }).map(({ parameters }) => parameters[0]!.fans)
    expect(fans).toEqual([
      { in: 9, out: 9 },
      { in: 3, out: 2 },
      { in: 4, out: 20 },
      { in: 5, out: 7 },
      { in: 7, out: 3 }
    ])
  })

  it('see rectifiers made of several nodes: x sigmoid(x)', () => {
    const [swish, gate] = built([4], (b) => {
      const x = b.add('MatMul', [b.input, b.weights([4, 4])])
      return b.add('Sigmoid', [b.add('MatMul', [b.add('Mul', [x, b.add('Sigmoid', [x])]), b.weights([4, 4])])])
    })
    expect([swish!.rectified, gate!.rectified]).toEqual([true, false])
  })

  it('take a bias that is added behind a sum of layers with the last of them, but no normalisation', () => {
    const layers = built([4, 3, 3], (b) => {
      const conv = (x: string): string => b.add('Conv', [x, b.weights([4, 4, 1, 1])])
      const sum = b.add('Add', [conv(b.input), conv(b.input)])
      const four = (): string => b.uniform([4], 1, 2)
      const norm = b.add('BatchNormalization', [sum, four(), four(), four(), four()])
      const mean = b.add('ReduceMean', [conv(b.add('Relu', [norm])), b.integers([2, 3])], { keepdims: 0 })
      return b.add('Add', [mean, four()])
    })
    expect(layers.map(({ op }) => op)).toEqual(['Conv', 'Conv', 'BatchNormalization', 'Conv'])
    expect(rolesOf(layers[3]!)).toEqual(['weight', 'bias'])
  })

  it('refuse a model that has learnt nothing', () => {
    expect(() => built([4], (b) => b.add('Relu', [b.input]))).toThrow(/a layer with float32 constants/)
  })
})
