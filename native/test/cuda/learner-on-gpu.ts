import type { Engine, Learner, Model } from '@agon/core'
import { labelledBatch, tinyMlp } from '@agon/testing'
import { expect, it } from 'vitest'
import { cpuEngine, sameBits } from '../helpers.js'
import { adam, convolutional, testLearner } from '../learner-suite.js'

/** Declares the tests of the GPU's learner: those of every native one, by the CPU's. */
export function testLearnerOnGpu(engine: () => Engine): void {
  testLearner(engine, cpuEngine)

  it.each([
    [1, convolutional],
    [33, convolutional],
    // More than go together.
    [300, tinyMlp().model]
  ])('gives the same bits again, %i examples at a time', async (examples, model) => {
    const [once, again] = [await engine().learner!(model), await engine().learner!(model)]
    for (const step of [1, 2]) for (const learner of [once, again]) await takeStep(learner, model, examples, step)
    const [a, b] = [once.read(), again.read()]
    for (const part of ['parameters', 'first', 'second'] as const)
      for (const [name, data] of a[part]) expect(sameBits(data, b[part].get(name)!), name).toBe(true)
  })
}

async function takeStep(learner: Learner, model: Model, examples: number, step: number): Promise<void> {
  const { input, labels } = labelledBatch(model, examples, step)
  await learner.pass(input, labels)
  await learner.update({ ...adam, step })
}
