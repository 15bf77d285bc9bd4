import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sizeOf, type Model, type Tensor } from '@agon/core'
import { modelOf, type ModelBuilder } from '@agon/testing'

/** What scripts/torch-oracle/lift.py wrote; maps are `[labels, N, ...input]` but `gradientShap`, which is of the first example. */
interface Stored {
  readonly name: string
  readonly shape: readonly number[]
  readonly input: string
  readonly baselines: string
  readonly logits: string
  readonly rescale: string
  readonly revealCancel?: string
  readonly shap: string
  readonly gradientShap: string
  readonly sigma: number
  readonly rows: readonly number[]
  readonly places: readonly number[]
  readonly noise: string
}

const stored = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'lift.json'), 'utf8')) as Stored[]

/** Tensors of the script: little-endian float32 in base64. */
function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, 'base64')
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(4 * i))
}

/** Weights of a net in the order of the script: tensor k has the elements scale sin(1.7 i + 0.9 k + 0.3). */
function layersOf(b: ModelBuilder) {
  let k = 0
  const sines = (shape: readonly number[], fan: number): string => {
    const scale = Math.sqrt(4 / fan)
    const data = Array.from({ length: sizeOf(shape) }, (_, i) => scale * Math.sin(1.7 * i + 0.9 * k + 0.3))
    k++
    return b.floats(shape, data)
  }
  const dense = (x: string, inputs: number, outputs: number): string =>
    b.add('Gemm', [x, sines([outputs, inputs], inputs), sines([outputs], 16)], { transB: 1 })
  const conv = (x: string, [o, i, size]: readonly [number, number, number], attributes: object): string =>
    b.add('Conv', [x, sines([o, i, size, size], i * size * size), sines([o], 16)], { ...attributes })
  return { dense, conv }
}

const half = { kernel_shape: [2, 2], strides: [2, 2] }
const same = { pads: [1, 1, 1, 1] }

function pictureNet(name: string, bottom: (b: ModelBuilder, layers: ReturnType<typeof layersOf>) => string): Model {
  return modelOf(name, [1, 8, 8], (b) => {
    const layers = layersOf(b)
    const inner = b.add('Relu', [layers.conv(bottom(b, layers), [3, 2, 3], same)])
    return layers.dense(b.add('Flatten', [b.add('AveragePool', [inner], half)]), 12, 3)
  })
}

const nets: Readonly<Record<string, () => Model>> = {
  relu: () =>
    modelOf('relu', [6], (b) => {
      const { dense } = layersOf(b)
      return dense(b.add('Relu', [dense(b.add('Relu', [dense(b.input, 6, 9)]), 9, 7)]), 7, 3)
    }),
  mixed: () =>
    modelOf('mixed', [6], (b) => {
      const { dense } = layersOf(b)
      const activations = ['Tanh', 'Sigmoid', 'Softplus', 'Elu', 'LeakyRelu']
      const top = activations.reduce(
        (x, op, i) => b.add(op, [dense(x, i ? 7 : 6, 7)], op === 'LeakyRelu' ? { alpha: 0.1 } : {}),
        b.input
      )
      return dense(top, 7, 3)
    }),
  'max-pool': () =>
    pictureNet('max-pool', (b, { conv }) => b.add('MaxPool', [b.add('Relu', [conv(b.input, [2, 1, 3], same)])], half)),
  stride: () => pictureNet('stride', (b, { conv }) => b.add('Relu', [conv(b.input, [2, 1, 2], { strides: [2, 2] })]))
}

/** The nets of the script and their maps. */
export const liftTruths = stored.map(({ name, shape, input, baselines, ...truth }) => ({
  name,
  model: nets[name]!(),
  input: { shape: [2, ...shape], data: floats(input) } satisfies Tensor,
  baselines: { shape: [3, ...shape], data: floats(baselines) } satisfies Tensor,
  logits: floats(truth.logits),
  rescale: floats(truth.rescale),
  revealCancel: truth.revealCancel === undefined ? undefined : floats(truth.revealCancel),
  shap: floats(truth.shap),
  gradientShap: floats(truth.gradientShap),
  sigma: truth.sigma,
  rows: truth.rows,
  places: truth.places,
  noise: floats(truth.noise)
}))

export type LiftTruth = (typeof liftTruths)[number]
