import { createRandom, type Model } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { readOnnx, writeOnnx } from '@agon/onnx'
import { inputAwayFromKinks, modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { smooth, type SmoothOptions } from '../src/index.js'
import { engines, gap, logitsAndMaps } from './engines.js'

const relu = (beta: number): SmoothOptions => ({ relu: { to: 'softplus', beta }, backwardOnly: true })

const net: Model = modelOf(
  'net',
  [2, 8, 8],
  (b) => {
    const conv = (x: string, from: number): string =>
      b.add('Conv', [x, b.weights([6, from, 3, 3], 0.3), b.weights([6], 0.2)])
    const pooled = b.add('MaxPool', [b.add('Relu', [conv(b.input, 2)])], { kernel_shape: [2, 2], strides: [2, 2] })
    return b.add('Gemm', [b.add('Flatten', [b.add('Relu', [conv(pooled, 6)])]), b.weights([6, 5])])
  },
  2
)
const random = createRandom(7)
const input = { shape: [2, 2, 8, 8], data: Float32Array.from({ length: 256 }, () => random.normal()) }

describe.each(engines)('backward only, on %s', (_, create) => {
  it('a rectifier gives its own value, and its cotangent goes by the slope of softplus there', async () => {
    const model = smooth(
      modelOf('one', [5], (b) => b.add('Relu', [b.input])),
      relu(2)
    )
    const points = [-3, -0.5, 0, 0.5, 3]
    const session = await create().load(model)
    const x = { shape: [1, 5], data: Float32Array.from(points) }
    expect([...(await session.forward(x)).data]).toEqual([0, 0, 0, 0.5, 3])
    const slopes = (await session.vjp(x, { shape: [1, 1, 5], data: new Float32Array(5).fill(1) })).data
    points.forEach((point, i) => expect(slopes[i]).toBeCloseTo(1 / (1 + Math.exp(-2 * point)), 6))
  })

  it('a pooling gives its maximum, and its cotangent goes by the softmax of the window', async () => {
    const pool = modelOf('pool', [1, 3], (b) => b.add('MaxPool', [b.input], { kernel_shape: [3] }))
    const model = smooth(pool, { maxPool: { to: 'log-sum-exp', temperature: 2 }, backwardOnly: true })
    const session = await create().load(model)
    const x = { shape: [1, 1, 3], data: Float32Array.of(1, 2, 1.5) }
    expect([...(await session.forward(x)).data]).toEqual([2])
    const powers = [1, 2, 1.5].map((value) => Math.exp(2 * value))
    const sum = powers.reduce((a, b) => a + b)
    const slopes = (await session.vjp(x, { labels: [[0]] })).data
    powers.forEach((power, k) => expect(slopes[k]).toBeCloseTo(power / sum, 6))
  })

  it('a net keeps its logits, bit for bit, and its maps are neither the sharp nor the smooth ones', async () => {
    const options = { relu: { to: 'softplus', beta: 3 }, maxPool: { to: 'log-sum-exp', temperature: 3 } } as const
    const sharp = await logitsAndMaps(create(), net, input)
    const soft = await logitsAndMaps(create(), smooth(net, options), input)
    const mixed = await logitsAndMaps(create(), smooth(net, { ...options, backwardOnly: true }), input)
    expect(mixed.logits).toEqual(sharp.logits)
    expect(soft.logits).not.toEqual(sharp.logits)
    expect(gap(mixed.maps, sharp.maps)).toBeGreaterThan(0.05)
    expect(gap(mixed.maps, soft.maps)).toBeGreaterThan(0.05)
  })

  it('the maps become the sharp ones as beta and temperature grow', async () => {
    const away = await inputAwayFromKinks(net, await createReferenceEngine().load(net), 3, 2e-3, 300)
    const sharp = await logitsAndMaps(create(), net, away!)
    let last = Infinity
    for (const by of [1, 10, 100, 1e4]) {
      const options = { ...relu(by), maxPool: { to: 'log-sum-exp', temperature: by } } as const
      const found = gap((await logitsAndMaps(create(), smooth(net, options), away!)).maps, sharp.maps)
      expect(found).toBeLessThan(last)
      last = found
    }
    expect(last).toBeLessThan(1e-5)
  })
})

it('is written to ONNX and read back: the same logits and maps', async () => {
  const options = { ...relu(3), maxPool: { to: 'log-sum-exp', temperature: 3, mean: true } } as const
  const model = smooth(net, options)
  const again = await readOnnx(writeOnnx(model))
  const [expected, found] = [model, again].map((each) => logitsAndMaps(engines[0]![1](), each, input))
  expect((await found!).logits).toEqual((await expected!).logits)
  expect(gap((await found!).maps, (await expected!).maps)).toBeLessThan(1e-6)
})
