import { readOnnx } from '@agon/onnx'
import { relativeError, torchCase, torchCaseNames } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { load, range } from './helpers.js'

/** Of the largest logit, and of the largest gradient of all labels. */
const tolerance = 1e-4

describe('PyTorch fixtures', () => {
  it.each(torchCaseNames())('%s: logits and gradients of all labels', async (name) => {
    const { onnx, input, logits, gradients, labels } = torchCase(name)
    const session = await load(await readOnnx(onnx))
    expect(relativeError((await session.forward(input)).data, logits.data)).toBeLessThan(tolerance)
    const found = await session.vjp(input, { labels: [range(labels)] })
    session.dispose()
    expect(found.shape).toEqual(gradients.shape)
    expect(relativeError(found.data, gradients.data)).toBeLessThan(tolerance)
  })
})
