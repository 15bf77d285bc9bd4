import { createReferenceEngine } from '@agon/engine-reference'
import { inferShapes, validate } from '@agon/graph'
import { describe, expect, it } from 'vitest'
import { cnn, mlp } from '../src/index.js'

const shapesOf = (model: ReturnType<typeof cnn>) =>
  Object.fromEntries([...model.constants].map(([name, { shape }]) => [name, shape.join('x')]))

const variance = (data: ArrayLike<number>) => {
  let [sum, squares] = [0, 0]
  for (let i = 0; i < data.length; i++) {
    sum += data[i]!
    squares += data[i]! ** 2
  }
  return squares / data.length - (sum / data.length) ** 2
}

describe('the nets of the data randomization test', () => {
  it('cnn: 5x5x32, halved, 5x5x64, halved, 1024, 10', () => {
    const model = cnn()
    validate(model)
    expect(shapesOf(model)).toEqual({
      'conv1.weight': '32x1x5x5',
      'conv1.bias': '32',
      'conv2.weight': '64x32x5x5',
      'conv2.bias': '64',
      'gemm1.weight': '1024x1024',
      'gemm1.bias': '1024',
      'gemm2.weight': '10x1024',
      'gemm2.bias': '10'
    })
    expect(inferShapes(model, [2, 1, 28, 28]).get('logits')!.shape).toEqual([2, 10])
    expect(cnn({ pad: 2 }).constants.get('gemm1.weight')!.shape).toEqual([1024, 3136])
  })

  it('mlp: 2500, 1500, 500, 10', () => {
    const model = mlp()
    validate(model)
    expect(Object.values(shapesOf(model)).filter((shape) => shape.includes('x'))).toEqual([
      '2500x784',
      '1500x2500',
      '500x1500',
      '10x500'
    ])
  })

  it('take the mean off their pictures and divide by the deviation, neither of which is fitted', async () => {
    const engine = createReferenceEngine()
    const small = { first: 3, second: 4, dense: 5, labels: 6, side: 16 }
    const input = { shape: [1, 1, 16, 16], data: Float32Array.from({ length: 256 }, (_, i) => (i % 7) / 7) }
    const standard = { ...input, data: input.data.map((value) => (value - 0.25) / 0.5) }
    const own = cnn({ ...small, mean: 0.25, deviation: 0.5 })
    const found = await (await engine.load(own)).forward(input)
    expect(found).toEqual(await (await engine.load(cnn(small))).forward(standard))
    expect((await engine.learner!(own)).parameters).toEqual((await engine.learner!(cnn(small))).parameters)
  })

  it('run', async () => {
    const session = await createReferenceEngine().load(cnn({ first: 3, second: 4, dense: 5, labels: 6, side: 16 }))
    const input = { shape: [1, 1, 16, 16], data: new Float32Array(256).fill(0.5) }
    expect((await session.forward(input)).shape).toEqual([1, 6])
  })

  it('begin with weights of the variance that their initialiser says, and biases of 0', () => {
    const he = cnn({ seed: 3, dense: 256 })
    expect(variance(he.constants.get('gemm1.weight')!.data)).toBeCloseTo(2 / 1024, 4)
    expect(variance(he.constants.get('conv2.weight')!.data)).toBeCloseTo(2 / 800, 3)
    expect(new Set(he.constants.get('gemm1.bias')!.data)).toEqual(new Set([0]))
    const glorot = cnn({ seed: 3, initialiser: 'glorot', dense: 256 })
    expect(variance(glorot.constants.get('gemm1.weight')!.data)).toBeCloseTo(2 / (1024 + 256), 4)
    expect(variance(glorot.constants.get('conv2.weight')!.data) / (2 / (96 * 25))).toBeCloseTo(1, 1)
  })

  it('follow from the seed; layers of the same shape differ', () => {
    const weights = (seed: number, widths = [9, 9, 9]) => {
      const { constants } = mlp({ seed, widths, side: 3 })
      return [1, 2, 3].map((layer) => [...constants.get(`gemm${layer}.weight`)!.data])
    }
    expect(weights(1)).toEqual(weights(1))
    expect(weights(2)[0]).not.toEqual(weights(1)[0])
    expect(weights(1)[1]).not.toEqual(weights(1)[0])
    // A layer's stream is its own: it does not move if another layer is made wider.
    expect(mlp({ widths: [9, 9, 5], side: 3 }).constants.get('gemm2.weight')).toEqual(
      mlp({ widths: [9, 9, 7], side: 3 }).constants.get('gemm2.weight')
    )
  })

  it('refuse options that make no net', () => {
    expect(() => cnn({ side: 6 })).toThrow(/side of the pictures after cnn's convolutions/)
    expect(() => cnn({ pad: 3 })).toThrow(/'pad' of cnn/)
    expect(() => mlp({ initialiser: 'h' as 'he' })).toThrow(/initialiser.*he, glorot/)
    expect(() => mlp({ width: 3 } as object)).toThrow(/Did you mean 'widths'/)
  })
})
