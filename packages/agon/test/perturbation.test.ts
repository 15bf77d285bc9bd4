import { join } from 'node:path'
import { createRandom, explain, sizeOf, type Explanation, type Method, type Tensor } from '@agon/core'
import { competitiveShapley, occlusion, rise } from '@agon/methods'
import { dataFolder, relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { createEngine, listEngines, loadModel, type EngineName } from '../src/index.js'

const data = dataFolder()
const hasCpu = listEngines().some(({ name, available }) => name === 'cpu' && available)

async function explained(engine: EngineName, folder: string, input: Tensor, method: Method): Promise<Explanation> {
  const session = await createEngine(engine).engine.load(await loadModel(join(data!, 'models', folder, 'model.onnx')))
  try {
    return await explain(session, input, method, { seed: 1 })
  } finally {
    session.dispose()
  }
}

/** Uniform values that hold for 8 pixels of a row, in the range that the model was trained on. */
function blocks(shape: readonly number[], low: number, high: number): Tensor {
  const random = createRandom(3).fork('blocks')
  const rows = Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * random.uniform())
  return { shape, data: rows.map((_, i) => rows[i - (i % 8)]!) }
}

describe.skipIf(!data || !hasCpu)('perturbation methods (need the test data folder and the native engine)', () => {
  it('occlusion of SqueezeNet 1.1 is finite, and not the same everywhere', async () => {
    const input = blocks([1, 3, 227, 227], -120, 130)
    const { attribution } = await explained(
      'cpu',
      'squeezenet1.1-imagenet',
      input,
      occlusion({ window: 80, stride: 70 })
    )
    expect(attribution.data.every(Number.isFinite)).toBe(true)
    expect(new Set(attribution.data).size).toBeGreaterThan(9)
  }, 120_000)

  it.each<[string, string, Method, Tensor]>([
    [
      'RISE of SqueezeNet 1.1',
      'squeezenet1.1-imagenet',
      rise({ samples: 1, cells: 4 }),
      blocks([1, 3, 227, 227], -120, 130)
    ],
    [
      'occlusion of MobileNetV1',
      'mobilenetv1-0.25-224-imagenet',
      occlusion({ window: [224, 120], stride: [224, 104] }),
      blocks([1, 3, 224, 224], -1, 1)
    ],
    ['RISE of a LeNet', 'mnist-cnn-kerasjs', rise({ samples: 10 }), blocks([2, 1, 28, 28], 0, 1)],
    [
      'competition over Shapley values of a LeNet',
      'mnist-cnn-kerasjs',
      competitiveShapley({ segments: 'grid', cell: 7, samples: 1 }),
      blocks([1, 1, 28, 28], 0, 1)
    ]
  ])(
    '%s: the two engines agree',
    async (_, folder, method, input) => {
      const [native, reference] = [
        await explained('cpu', folder, input, method),
        await explained('reference', folder, input, method)
      ]
      expect(native.attribution.data.some((value) => value !== 0)).toBe(true)
      expect(native.attribution.data.every(Number.isFinite)).toBe(true)
      const [a, b] = [native, reference].map(({ contest, attribution }) => contest?.maps ?? attribution)
      expect(relativeError(a!.data, b!.data)).toBeLessThan(1e-4)
    },
    120_000
  )
})
