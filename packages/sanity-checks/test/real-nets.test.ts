import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { example, type Check, type Method, type Model, type Tensor } from '@agon/core'
import { cgi, gradient, gradientTimesInput, guidedBackprop } from '@agon/methods'
import { createCpuEngine } from '@agon/native'
import { readNpy } from '@agon/images'
import { readOnnxFile } from '@agon/onnx/node'
import { dataFolder } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import {
  bottomUp,
  cascading,
  decidingValues,
  independent,
  judge,
  runCheck,
  similarities,
  weightedLayers,
  withThinning
} from '../src/index.js'

const data = dataFolder()
const engine = createCpuEngine({ threads: 2 })
const modelAt = (path: string): Promise<Model> => readOnnxFile(join(data!, 'models', path))

/** Drawings, white on black, in 0 .. 1: of one sign. */
function drawings(...labels: string[]): Tensor {
  const values = labels.flatMap((label) => {
    const { data: pixels } = readNpy(readFileSync(join(data!, `datasets/quickdraw-9/${label}.npy`)))
    return Array.from(pixels.slice(0, 784), (value) => Number(value) / 255)
  })
  return { shape: [labels.length, 1, 28, 28], data: Float32Array.from(values) }
}

const figures = [
  { name: 'spearman', compare: similarities.get('spearman').compare },
  {
    name: 'spearman(abs)',
    compare: (a: Float32Array, b: Float32Array, shape: readonly number[]) =>
      similarities.get('spearman').compare(a.map(Math.abs), b.map(Math.abs), shape)
  }
]

describe.skipIf(!data)('on real nets (needs the test data folder)', () => {
  it.each([
    ['doodlenet-quickdraw345/model.onnx', 8],
    ['guesslang54/model.onnx', 5],
    ['lande-langid50/model.onnx', 2],
    ['mnist-cnn-kerasjs/model.onnx', 4],
    ['mobilenetv1-0.25-224-imagenet/model.onnx', 28],
    ['mobilenetv2-1.0-224-imagenet/model.onnx', 53],
    ['resnet20-cifar10/model-bn.onnx', 20],
    ['squeezenet1.1-imagenet/model.onnx', 26],
    ['tinydarknet-imagenet/model.onnx', 16]
  ])('%s: %i layers, in which every float constant of more than one number has its place', async (path, count) => {
    const model = await modelAt(path)
    const layers = weightedLayers(model)
    expect(layers).toHaveLength(count)
    const learnt = [...model.constants].filter(([, { dtype, data }]) => dtype === 'float32' && data.length > 1)
    const found = layers.flatMap(({ parameters }) => parameters.map(({ constant }) => constant))
    expect(found.sort()).toEqual(learnt.map(([name]) => name).sort())
    expect(layers.at(-1)!.parameters.some(({ role }) => role === 'weight' || role === 'table')).toBe(true)
  })

  const input = data ? drawings('apple', 'bicycle', 'cat', 'fish') : { shape: [0], data: new Float32Array() }
  const read = async (method: Method, check: Check, name = check.criterion.figure) => {
    const run = await runCheck(engine, await modelAt('doodlenet-quickdraw345/model.onnx'), method, input, check, {
      figures
    })
    return decidingValues(run, { ...check.criterion, figure: name })
  }

  it('gradient (.) input of pictures of one sign keeps its absolute order when all is redrawn, and loses the signed one', async () => {
    const check = cascading({ draws: 4, steps: 1 })
    const [abs, signed] = [await read(gradientTimesInput(), check), await read(gradientTimesInput(), check, 'spearman')]
    expect(judge(check.criterion, abs)).toMatchObject({
      outcome: 'fails',
      value: expect.toSatisfy((value: number) => value > 0.7)
    })
    expect(Math.abs(judge(check.criterion, signed).value)).toBeLessThan(0.2)
  })

  it('guided backprop hardly sees the logit layer change, and fails; the gradient loses its signs', async () => {
    const check = independent({ draws: 4, steps: 1 })
    const [guided, plain] = [guidedBackprop(), gradient()]
    expect(judge(check.criterion, await read(guided, check)).outcome).toBe('fails')
    expect(judge(check.criterion, await read(guided, check, 'spearman')).value).toBeGreaterThan(0.6)
    expect(Math.abs(judge(check.criterion, await read(plain, check, 'spearman')).value)).toBeLessThan(0.2)
  })

  it('credits cgi with nothing that its thinned base map has as well', async () => {
    const check = bottomUp({ draws: 2, steps: 1 })
    const { competitive, thinned } = withThinning(cgi())
    const [values, control] = [await read(competitive, check), await read(thinned, check)]
    expect(judge(check.criterion, values).outcome).toBe('passes')
    expect(judge(check.criterion, values, { thinned: control }).outcome).toBe('cannot tell')
  })

  it('a net with batch normalisations stays finite and loses its map, with statistics reset or kept', async () => {
    const model = await modelAt('resnet20-cifar10/model-bn.onnx')
    const picture = example(
      { shape: [1, 3, 32, 32], data: Float32Array.from({ length: 3072 }, (_, i) => Math.sin(i / 7)) },
      0
    )
    for (const statistics of ['reset', 'keep'] as const) {
      const check = cascading({ draws: 3, steps: 1, statistics })
      const run = await runCheck(engine, model, gradient(), picture, check, { figures })
      for (const { figures: found } of run.cells) expect(Math.abs(found.spearman!)).toBeLessThan(0.3)
    }
  })
})
