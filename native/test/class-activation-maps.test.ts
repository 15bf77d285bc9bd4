import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { contest, explain, type Session, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { loadImage } from '@agon/images'
import { fullGrad, gradCam, gradCamPlusPlus, gradient, guidedGradCam, layerCam, xGradCam } from '@agon/methods'
import { readOnnx } from '@agon/onnx'
import { dataFolder, relativeError, tinyCnn, tinyResidual } from '@agon/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { load, randomTensor } from './helpers.js'

const data = dataFolder()
const signed = { relu: false, upsample: 'none' } as const
const bases = [
  gradCam(),
  gradCamPlusPlus(signed),
  xGradCam(signed),
  layerCam(),
  guidedGradCam(),
  fullGrad(),
  fullGrad({ post: 'abs-scaled' })
]

describe.each([tinyCnn(), tinyResidual()])('on $model.name', ({ model, inputShape }) => {
  it.each(bases.map((method) => ({ method, options: JSON.stringify(method.options) })))(
    '$method.name $options equals the reference engine',
    async ({ method }) => {
      const input = randomTensor([2, ...inputShape.slice(1)])
      const found = await explain(await load(model), input, method, { target: [0, 5] })
      const expected = await explain(await createReferenceEngine().load(model), input, method, { target: [0, 5] })
      expect(relativeError(found.attribution.data, expected.attribution.data)).toBeLessThan(1e-5)
    }
  )

  it('contests at a layer equal those of the reference engine', async () => {
    const layer = model.nodes.find(({ op }) => op === 'Relu')!.outputs[0]!
    const input = randomTensor([2, ...inputShape.slice(1)])
    const session = await load(model)
    for (const base of [gradient({ layer }), gradCam({ layer, relu: false })]) {
      const found = await contest(session, input, base)
      const expected = await contest(await createReferenceEngine().load(model), input, base)
      expect(found.shape).toEqual(expected.shape)
      expect(relativeError(found.best, expected.best)).toBeLessThan(1e-5)
      expect(relativeError(found.worst, expected.worst)).toBeLessThan(1e-5)
    }
  })
})

describe.skipIf(!data)('Grad-CAM of SqueezeNet (needs the test data folder)', () => {
  /** The dog in the photograph, read off it, as shares of width and height. */
  const dog = { left: 0.16, right: 0.41, top: 0.37, bottom: 0.95 }
  const malamute = 249
  let session: Session
  let input: Tensor

  beforeAll(async () => {
    const model = await readOnnx(readFileSync(join(data!, 'models/squeezenet1.1-imagenet/model.onnx')))
    ;({ input } = await loadImage(join(data!, 'images/free/darknet_dog.jpg'), 'caffe', model))
    session = await load(model)
  }, 120_000)

  it('equals the reference engine', async () => {
    const method = gradCam({ layer: '/m/Concat_7_output_0' })
    const found = await explain(session, input, method, { target: malamute })
    const oracle = await createReferenceEngine().load(session.model)
    const expected = await explain(oracle, input, method, { target: malamute })
    expect(relativeError(found.attribution.data, expected.attribution.data)).toBeLessThan(1e-4)
  }, 300_000)

  it.each([
    ['at the class scores', gradCam()],
    ['and LayerCAM at the features below them', layerCam({ layer: '/m/Concat_7_output_0' })]
  ])('lies on the dog %s', async (_, method) => {
    const { attribution } = await explain(session, input, method, { target: malamute })
    const [height, width] = attribution.shape.slice(2) as [number, number]
    const isInside = (at: number) => {
      const [x, y] = [(at % width) / width, Math.floor(at / width) / height]
      return x > dog.left && x < dog.right && y > dog.top && y < dog.bottom
    }
    const values = [...attribution.data]
    const sum = (of: readonly number[]) => of.reduce((total, value) => total + value, 0)
    const inside = sum(values.filter((_, at) => isInside(at))) / sum(values)
    const strongest = values.reduce((best, value, at) => (value > values[best]! ? at : best), 0)
    expect(inside).toBeGreaterThan(2 * (dog.right - dog.left) * (dog.bottom - dog.top))
    expect(isInside(strongest)).toBe(true)
  })
})
