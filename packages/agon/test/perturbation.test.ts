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
  it.each<[string, string, Method, Tensor]>([
    [
      'occlusion of SqueezeNet 1.1',
      'squeezenet1.1-imagenet',
      occlusion({ window: [227, 120], stride: [227, 107] }),
      blocks([1, 3, 227, 227], -120, 130)
    ],
    [
      'RISE of SqueezeNet 1.1',
      'squeezenet1.1-imagenet',
      rise({ samples: 2, cells: 4 }),
      blocks([1, 3, 227, 227], -120, 130)
    ],
    ['RISE of a LeNet', 'mnist-cnn-kerasjs', rise({ samples: 40 }), blocks([2, 1, 28, 28], 0, 1)],
    [
      'competition over Shapley values of a LeNet',
      'mnist-cnn-kerasjs',
      competitiveShapley({ samples: 1 }),
      blocks([2, 1, 28, 28], 0, 1)
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
