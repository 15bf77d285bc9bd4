import { readOnnx } from '@agon/onnx'
import { relativeError, torchCase, torchCaseNames } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { createReferenceEngine } from '../src/index.js'

describe('logits and the gradients of all labels agree with PyTorch', () => {
  it.each(torchCaseNames())('%s', async (name) => {
    const { onnx, input, logits, gradients, labels } = torchCase(name)
    const session = await createReferenceEngine().load(await readOnnx(onnx))
    expect(relativeError((await session.forward(input)).data, logits.data)).toBeLessThan(1e-5)
    const all = await session.vjp(input, { labels: [Array.from({ length: labels }, (_, label) => label)] })
    expect(all.shape).toEqual(gradients.shape)
    expect(relativeError(all.data, gradients.data)).toBeLessThan(1e-5)
  })
})
