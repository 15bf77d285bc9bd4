import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, sizeOf, type Model, type Tensor } from '@agon/core'
import { readOnnx, writeOnnx } from '@agon/onnx'
import { readOnnxFile } from '@agon/onnx/node'
import { dataFolder, modelOf, type ModelBuilder } from '@agon/testing'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { smooth, type SmoothOptions } from '../src/index.js'
import { engines, gap, logitsAndMaps } from './engines.js'

async function byOnnxRuntime(bytes: Uint8Array, input: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const feeds = { [session.inputNames[0]!]: new OrtTensor('float32', input.data, input.shape) }
  const output = (await session.run(feeds))[session.outputNames[0]!]!
  await session.release()
  return output.data as Float32Array
}

function normal(shape: readonly number[], scale = 1): Tensor {
  const random = createRandom(2)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => scale * random.normal()) }
}

const soft = { to: 'softplus', beta: 7 } as const
const pools: readonly (readonly [string, Readonly<Record<string, number | string | number[]>>])[] = [
  ['padded', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }],
  ['ceil_mode', { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 }],
  ['ceil_mode, uneven pads', { kernel_shape: [3, 2], strides: [2, 3], pads: [0, 1, 2, 0], ceil_mode: 1 }],
  ['dilated', { kernel_shape: [2, 3], dilations: [3, 2], pads: [1, 0, 2, 2] }],
  ['SAME_LOWER', { kernel_shape: [3, 2], strides: [2, 2], auto_pad: 'SAME_LOWER' }],
  ['1 by 1', { kernel_shape: [1, 1], strides: [2, 2] }]
]

/** A classifier with every operator that can be smoothed and one pooling window. */
function netWith(window: Readonly<Record<string, number | string | number[]>>): Model {
  const build = (b: ModelBuilder): string => {
    const conv = b.add('Conv', [b.input, b.weights([4, 2, 3, 3], 0.4)], { pads: [1, 1, 1, 1] })
    const pooled = b.add('MaxPool', [b.add('LeakyRelu', [conv], { alpha: 0.2 })], window)
    const gate = b.add('HardSigmoid', [b.add('HardSwish', [pooled])])
    const clipped = b.add('Clip', [b.add('Mul', [pooled, gate]), b.floats([], [-1]), b.floats([], [2])])
    return b.add('Flatten', [b.add('GlobalMaxPool', [b.add('Relu', [clipped])])])
  }
  return modelOf('net', [2, 8, 9], build, 1)
}

const all = (temperature: number, mean: boolean): SmoothOptions => ({
  relu: soft,
  leakyRelu: soft,
  clip: soft,
  hardSigmoid: soft,
  hardSwish: soft,
  maxPool: { to: 'log-sum-exp', temperature, mean }
})

describe('a smooth model written with operators of ONNX', () => {
  const cases = pools.flatMap(([what, window]) => [false, true].map((mean) => ({ what, window, mean })))
  it.each(cases)('$what, mean $mean: onnxruntime agrees, and it is read back with the same maps', async (row) => {
    const model = smooth(netWith(row.window), all(4, row.mean))
    const bytes = writeOnnx(model)
    const input = normal([2, 2, 8, 9])
    const again = await readOnnx(bytes)
    expect(again.nodes.map(({ op }) => op)).not.toContain('LogSumExpPool')
    for (const [, create] of engines) {
      const own = await logitsAndMaps(create(), model, input)
      expect(gap(await byOnnxRuntime(bytes, input), own.logits)).toBeLessThan(1e-5)
      const read = await logitsAndMaps(create(), again, input)
      expect(gap(read.logits, own.logits)).toBeLessThan(1e-5)
      expect(gap(read.maps, own.maps)).toBeLessThan(1e-5)
    }
  })

  it('holds at large inputs and temperatures', async () => {
    for (const mean of [false, true]) {
      const model = smooth(netWith(pools[0]![1]), all(1e4, mean))
      const input = normal([1, 2, 8, 9], 1e4)
      const own = await logitsAndMaps(engines[0]![1](), model, input)
      expect(gap(await byOnnxRuntime(writeOnnx(model), input), own.logits)).toBeLessThan(1e-5)
    }
  })

  it('needs no fixed extents but where the windows depend on them', async () => {
    const open = (window: Readonly<Record<string, number | string | number[]>>): Model => {
      const fixed = modelOf('open', [2, 8, 9], (b) => b.add('MaxPool', [b.input], window))
      const [input, output] = [fixed.inputs[0]!, fixed.outputs[0]!]
      return {
        ...fixed,
        inputs: [{ ...input, shape: ['N', 2, 'H', 'W'] }],
        outputs: [{ ...output, shape: ['N', 2, 'h', 'w'] }]
      }
    }
    const options = { maxPool: { to: 'log-sum-exp', temperature: 3, mean: true } } as const
    const bytes = writeOnnx(smooth(open(pools[3]![1]), options))
    for (const shape of [
      [1, 2, 8, 9],
      [2, 2, 11, 7]
    ]) {
      const { logits } = await logitsAndMaps(engines[0]![1](), smooth(open(pools[3]![1]), options), normal(shape))
      expect(gap(await byOnnxRuntime(bytes, normal(shape)), logits)).toBeLessThan(1e-5)
    }
    const attempt = (): unknown => writeOnnx(smooth(open(pools[1]![1]), options))
    expect(attempt).toThrow(expect.objectContaining({ code: 'AGON_UNSUPPORTED_OPERATOR' }))
    expect(attempt).toThrow(/window of LogSumExpPool node 'maxpool0': expected fixed extents/)
  })
})

const data = dataFolder()

describe.skipIf(!data)('SqueezeNet 1.1 (needs the test data folder)', () => {
  it('is written smooth, and onnxruntime gives its logits; sharp ones are others', async () => {
    const path = join(data!, 'models/squeezenet1.1-imagenet/model.onnx')
    const model = await readOnnxFile(path)
    const options = { relu: { to: 'softplus', beta: 10 }, maxPool: { to: 'log-sum-exp', temperature: 10 } } as const
    const smoothed = smooth(model, options)
    const input = normal([1, 3, 227, 227], 50)
    const session = await engines[1]![1]().load(smoothed)
    const { data: logits } = await session.forward(input)
    session.dispose()
    expect(gap(await byOnnxRuntime(writeOnnx(smoothed), input), logits)).toBeLessThan(1e-4)
    expect(gap(await byOnnxRuntime(readFileSync(path), input), logits)).toBeGreaterThan(1e-3)
  })
})
