import { createReferenceEngine } from '@agon/engine-reference'
import { labelledBatch } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { cpuEngine, sameBits } from './helpers.js'
import { adam, convolutional, testLearner } from './learner-suite.js'

describe("the learner of engine 'cpu'", () => {
  testLearner(cpuEngine, createReferenceEngine)

  it('gives the same bits for any number of threads, odd batches too', async () => {
    for (const examples of [1, 15, 16, 33, 50]) {
      const states = []
      for (const threads of [1, 2, 3]) {
        const learner = await cpuEngine(threads).learner(convolutional)
        const { input, labels } = labelledBatch(convolutional, examples)
        for (const step of [1, 2]) {
          await learner.pass(input, labels)
          await learner.update({ ...adam, step })
        }
        states.push(learner.read())
        learner.dispose()
      }
      for (const part of ['parameters', 'first', 'second'] as const)
        for (const [name, data] of states[0]![part])
          for (const other of states.slice(1)) expect(sameBits(data, other[part].get(name)!)).toBe(true)
    }
  })
})
