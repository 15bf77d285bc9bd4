import { torchCase, torchCaseNames } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { readOnnx } from '../src/read.js'
import { writeOnnx } from '../src/write.js'
import { expectClose, runOrt, runReference } from './run.js'

describe.each(torchCaseNames())('%s', (name) => {
  const { onnx, input, logits } = torchCase(name)

  it('gives the logits of PyTorch in the reference engine, and in onnxruntime when written again', async () => {
    const model = await readOnnx(onnx)
    expectClose(await runReference(model, input), logits)
    const written = writeOnnx(model)
    expectClose(await runOrt(written, input), logits)
    expect(await readOnnx(written)).toEqual(model)
  })
})
