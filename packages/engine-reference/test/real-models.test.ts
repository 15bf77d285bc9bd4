import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, sizeOf, type Model, type Tensor } from '@agon/core'
import { readOnnx } from '@agon/onnx'
import { dataFolder, relativeError } from '@agon/testing'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { createReferenceEngine } from '../src/index.js'

const data = dataFolder()

/** The smaller ones of the convolutional and dense models. */
const files = [
  'doodlenet-quickdraw345/model.onnx',
  'lande-langid50/model.onnx',
  'mnist-cnn-kerasjs/model.onnx',
  'mobilenetv1-0.25-224-imagenet/model.onnx',
  'resnet20-cifar10/model.onnx',
  'resnet20-cifar10/model-bn.onnx'
]

/** One example of normal numbers. */
function inputFor({ inputs }: Model): Tensor {
  const shape = [1, ...inputs[0]!.shape.slice(1).map(Number)]
  const random = createRandom(1)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}

async function byOnnxRuntime(bytes: Uint8Array, input: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(bytes)
  const feeds = { [session.inputNames[0]!]: new OrtTensor('float32', input.data, input.shape) }
  const output = (await session.run(feeds))[session.outputNames[0]!]!
  await session.release()
  return output.data as Float32Array
}

describe.skipIf(data === undefined)('real models agree with ONNX Runtime (needs the test data folder)', () => {
  it.each(files)('%s', async (file) => {
    const bytes = readFileSync(join(data!, 'models', file))
    const model = await readOnnx(bytes)
    const input = inputFor(model)
    const session = await createReferenceEngine().load(model)
    const logits = await session.forward(input)
    expect(relativeError(logits.data, await byOnnxRuntime(bytes, input))).toBeLessThan(1e-5)
  })
})
