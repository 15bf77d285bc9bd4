import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tensor } from '@agon/core'
import { dataFolder } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { readOnnxFile } from '../src/node.js'
import { writeOnnx } from '../src/write.js'
import { expectClose, noise, runOrt, runReference } from './run.js'

const data = dataFolder()
const path = (name: string): string => join(data!, 'models', name)
const ids: Tensor = { shape: [1, 6], data: Float32Array.of(1, 5, 60, 700, 5, 9) }

const models: readonly { readonly name: string; readonly shape: readonly number[] }[] = [
  { name: 'squeezenet1.1-imagenet/model.onnx', shape: [1, 3, 227, 227] },
  { name: 'mobilenetv2-1.0-224-imagenet/model.onnx', shape: [1, 3, 224, 224] },
  { name: 'mobilenetv1-0.25-224-imagenet/model.onnx', shape: [1, 3, 224, 224] },
  { name: 'tinydarknet-imagenet/model.onnx', shape: [1, 3, 224, 224] },
  { name: 'resnet20-cifar10/model.onnx', shape: [1, 3, 32, 32] },
  { name: 'resnet20-cifar10/model-bn.onnx', shape: [1, 3, 32, 32] },
  { name: 'doodlenet-quickdraw345/model.onnx', shape: [1, 1, 28, 28] },
  { name: 'mnist-cnn-kerasjs/model.onnx', shape: [1, 1, 28, 28] },
  { name: 'lande-langid50/model.onnx', shape: [1, 620] }
]

describe.skipIf(!data)('real models (needs the test data folder)', () => {
  it.each(models)('$name gives the logits of onnxruntime', async ({ name, shape }) => {
    const input = noise(shape)
    const expected = await runOrt(readFileSync(path(name)), input)
    const model = await readOnnxFile(path(name))
    expect(model.outputs[0]!.shape).toEqual(['N', expected.shape[1]])
    expectClose(await runOrt(writeOnnx(model), input), expected)
    expectClose(await runReference(model, input), expected)
  })

  it('guesslang54 takes whole numbers and gives the logits of onnxruntime', async () => {
    const file = path('guesslang54/model.onnx')
    const expected = await runOrt(readFileSync(file), ids, 'int64')
    const model = await readOnnxFile(file)
    expect(model.inputs).toEqual([{ name: 'ids', dtype: 'int64', shape: ['N', 'L'] }])
    expectClose(await runOrt(writeOnnx(model), ids, 'int64'), expected)
    expectClose(await runReference(model, ids), expected)
  })

  it('imdb-bilstm is refused, with its node and operator', async () => {
    const attempt = readOnnxFile(path('imdb-bilstm-kerasjs/model.onnx'))
    await expect(attempt).rejects.toMatchObject({ name: 'AgonError', code: 'AGON_UNSUPPORTED_OPERATOR' })
    await expect(attempt).rejects.toThrow("LSTM node 'LSTM_2'")
  })
})
