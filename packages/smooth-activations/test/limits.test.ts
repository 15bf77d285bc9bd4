import { createRandom, type Model, type Tensor } from '@agon/core'
import { readOnnxFile } from '@agon/onnx/node'
import { createReferenceEngine } from '@agon/engine-reference'
import { dataFolder, inputAwayFromKinks, modelOf, type ModelBuilder } from '@agon/testing'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { smooth, type SmoothOptions } from '../src/index.js'
import { engines, gap, logitsAndMaps } from './engines.js'

const pool = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }

/** Every operator that can be smoothed, one after the other. */
function allKinks(b: ModelBuilder): string {
  const conv = (x: string, from: number, to: number): string =>
    b.add('Conv', [x, b.weights([to, from, 3, 3], Math.sqrt(2 / (9 * from))), b.weights([to], 0.2)], {
      pads: [1, 1, 1, 1]
    })
  const first = b.add('MaxPool', [b.add('Relu', [conv(b.input, 2, 6)])], { ...pool, ceil_mode: 1 })
  const second = b.add('LeakyRelu', [conv(first, 6, 6)], { alpha: 0.1 })
  const third = b.add('HardSwish', [
    b.add('PRelu', [conv(second, 6, 6), b.floats([6, 1, 1], [0, 0.1, 0.2, 0.3, -0.1, 0.5])])
  ])
  const gate = b.add('HardSigmoid', [conv(third, 6, 6)])
  const fourth = b.add('Clip', [b.add('Mul', [third, gate]), b.floats([], [0]), b.floats([], [1.5])])
  const flat = b.add('Flatten', [b.add('GlobalMaxPool', [fourth])])
  return b.add('Gemm', [flat, b.weights([6, 5]), b.weights([5])])
}

const net = modelOf('all kinks', [2, 9, 10], allKinks, 3)
const sweep = [1, 10, 100, 1e3, 1e4]

function sharpness(beta: number, mean = false): SmoothOptions {
  const soft = { to: 'softplus', beta } as const
  return {
    relu: soft,
    leakyRelu: soft,
    pRelu: soft,
    clip: soft,
    hardSigmoid: soft,
    hardSwish: soft,
    maxPool: { to: 'log-sum-exp', temperature: beta, mean }
  }
}

/** Gaps of the logits and of the maps, for every sharpness of the sweep. */
async function gaps(
  model: Model,
  input: Tensor,
  create: (typeof engines)[number][1],
  options = sharpness,
  betas = sweep
) {
  const sharp = await logitsAndMaps(create(), model, input)
  const found: { readonly logits: number; readonly maps: number }[] = []
  for (const beta of betas) {
    const soft = await logitsAndMaps(create(), smooth(model, options(beta)), input)
    found.push({ logits: gap(soft.logits, sharp.logits), maps: gap(soft.maps, sharp.maps) })
  }
  return found
}

function expectToFall(found: Awaited<ReturnType<typeof gaps>>): void {
  for (const what of ['logits', 'maps'] as const) {
    const falling = found.map((each) => each[what])
    falling.slice(1).forEach((value, i) => expect(value, `${what}: ${falling.join(' ')}`).toBeLessThan(falling[i]!))
  }
}

describe.each(engines)('with growing beta and temperature, on %s,', (_, create) => {
  it.each([false, true])('logits and the maps of all labels become those of the model (mean: %s)', async (mean) => {
    // Away from kinks: there the smooth slope is a half and the sharp one is 0 or 1, whatever beta is.
    const input = await inputAwayFromKinks(net, await createReferenceEngine().load(net), 5, 2e-3, 500)
    const found = await gaps(net, input!, create, (beta) => sharpness(beta, mean))
    expectToFall(found)
    expect(found[0]!.maps).toBeGreaterThan(0.2)
    expect(found.at(-1)!.logits).toBeLessThan(1e-3)
    expect(found.at(-1)!.maps).toBeLessThan(5e-3) // temperature times the rounding of float32 is 1e-3
  })
})

const data = dataFolder()

describe.skipIf(!data)('with growing beta (needs the test data folder)', () => {
  it('the logits and maps of a ResNet become those of the model', async () => {
    const model = await readOnnxFile(join(data!, 'models/resnet20-cifar10/model.onnx'))
    const random = createRandom(4)
    const input = { shape: [1, 3, 32, 32], data: Float32Array.from({ length: 3072 }, () => random.normal()) }
    const found = await gaps(model, input, engines[1]![1], (beta) => ({ relu: { to: 'softplus', beta } }), [1, 30, 1e3])
    expectToFall(found)
    expect(found.at(-1)!.logits).toBeLessThan(1e-2)
  })
})
