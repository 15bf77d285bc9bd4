import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, sizeOf, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { readOnnx } from '@agon/onnx'
import { dataFolder, relativeError } from '@agon/testing'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { cpuEngine, load, range } from './helpers.js'

const data = dataFolder()

/** Of the largest logit, against onnxruntime in float32. */
const tolerance = 1e-4

interface Case {
  readonly folder: string
  readonly file?: string
  readonly shape: readonly number[]
  /** Inputs are uniform in low..high, the range that the model was trained on; whole numbers if `whole`. */
  readonly low: number
  readonly high: number
  readonly whole?: boolean
}

const cases: readonly Case[] = [
  { folder: 'squeezenet1.1-imagenet', shape: [2, 3, 227, 227], low: -120, high: 130 },
  { folder: 'mobilenetv2-1.0-224-imagenet', shape: [1, 3, 224, 224], low: -1, high: 1 },
  { folder: 'mobilenetv1-0.25-224-imagenet', shape: [2, 3, 224, 224], low: -1, high: 1 },
  { folder: 'tinydarknet-imagenet', shape: [1, 3, 224, 224], low: 0, high: 1 },
  { folder: 'resnet20-cifar10', shape: [3, 3, 32, 32], low: -2, high: 2 },
  { folder: 'resnet20-cifar10', file: 'model-bn.onnx', shape: [3, 3, 32, 32], low: -2, high: 2 },
  { folder: 'doodlenet-quickdraw345', shape: [2, 1, 28, 28], low: 0, high: 1 },
  { folder: 'mnist-cnn-kerasjs', shape: [2, 1, 28, 28], low: 0, high: 1 },
  { folder: 'lande-langid50', shape: [4, 620], low: 0, high: 0.1 },
  { folder: 'guesslang54', shape: [3, 64], low: 0, high: 4999, whole: true }
]

function pathOf({ folder, file = 'model.onnx' }: Pick<Case, 'folder' | 'file'>): string {
  return join(data!, 'models', folder, file)
}

function inputOf({ folder, shape, low, high, whole }: Case): Tensor {
  const random = createRandom(3).fork(folder)
  const draw = () => low + (high - low) * random.uniform()
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => (whole ? Math.round(draw()) : draw())) }
}

async function byOnnxRuntime(path: string, { shape, data: values }: Tensor, whole: boolean): Promise<Float32Array> {
  const session = await InferenceSession.create(path, { logSeverityLevel: 3 })
  const feed = whole
    ? new OrtTensor(
        'int64',
        BigInt64Array.from(values, (value) => BigInt(value)),
        shape
      )
    : new OrtTensor('float32', values, shape)
  const output = (await session.run({ [session.inputNames[0]!]: feed }))[session.outputNames[0]!]!
  return output.data as Float32Array
}

describe.skipIf(!data)('real models (needs the test data folder)', () => {
  it.each(cases.map((one) => [`${one.folder} ${one.file ?? ''}`, one] as const))(
    '%s: logits equal those of onnxruntime',
    async (_, one) => {
      const session = await load(await readOnnx(readFileSync(pathOf(one))))
      const input = inputOf(one)
      const logits = await session.forward(input)
      session.dispose()
      const expected = await byOnnxRuntime(pathOf(one), input, one.whole ?? false)
      expect(relativeError(logits.data, expected)).toBeLessThan(tolerance)
    }
  )

  it('gradients with respect to looked-up embeddings equal the reference engine', async () => {
    const one = cases.at(-1)!
    const model = await readOnnx(readFileSync(pathOf(one)))
    const input = inputOf(one)
    const cotangents = { labels: input.shape[0] === 3 ? [range(54), range(54), range(54)] : [] }
    const found = await (await load(model)).vjp(input, cotangents, { wrt: 'e' })
    const expected = await (await createReferenceEngine().load(model)).vjp(input, cotangents, { wrt: 'e' })
    expect(found.shape).toEqual([54, 3, 64, 70])
    expect(relativeError(found.data, expected.data)).toBeLessThan(1e-5)
  })

  it('a recurrent model is refused by name when it is read or loaded', async () => {
    const loading = async () =>
      cpuEngine().load(await readOnnx(readFileSync(pathOf({ folder: 'imdb-bilstm-kerasjs' }))))
    await expect(loading()).rejects.toMatchObject({ code: 'AGON_UNSUPPORTED_OPERATOR' })
    await expect(loading()).rejects.toThrow(/LSTM/)
  })
})
