import type { Model, Tensor } from '@agon/core'
import { writeOnnx } from '@agon/onnx'
import { opCases, relativeError } from '@agon/testing'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { createReferenceEngine } from '../src/index.js'

/** The model's output by ONNX Runtime, for one example. */
async function byOnnxRuntime(model: Model, input: Tensor): Promise<Float32Array> {
  const session = await InferenceSession.create(writeOnnx(model), {
    logSeverityLevel: 3,
    graphOptimizationLevel: 'disabled'
  })
  const feeds = { [model.inputs[0]!.name]: new OrtTensor('float32', input.data, input.shape) }
  const output = (await session.run(feeds))[model.outputs[0]!.name]!
  await session.release()
  return output.data as Float32Array
}

/** Cases that ONNX Runtime does not run, and why. */
const refused: Readonly<Record<string, string>> = {
  'LRN: even size': 'size_ % 2 == 1',
  'DequantizeLinear: weights per column': 'tensor(int64)'
}

describe('the forward pass of every operator case agrees with ONNX Runtime', () => {
  it.each(opCases.filter(({ name }) => !(name in refused)))('$name', async (row) => {
    const input = row.input(3)
    const session = await createReferenceEngine().load(row.model)
    const output = await session.forward(input)
    expect(relativeError(output.data, await byOnnxRuntime(row.model, input))).toBeLessThan(1e-5)
  })

  it.each(opCases.filter(({ name }) => name in refused))('which refuses $name', async (row) => {
    await expect(byOnnxRuntime(row.model, row.input(3))).rejects.toThrow(refused[row.name])
  })
})
