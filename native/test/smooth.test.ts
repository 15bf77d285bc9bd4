import type { Model } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { smooth, type SmoothOptions } from '@agon/smooth-activations'
import { randomModel, relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { cpuEngine, randomTensor, range, sameBits } from './helpers.js'

const soft = { to: 'softplus', beta: 4 } as const
const options: SmoothOptions = {
  relu: soft,
  leakyRelu: soft,
  clip: soft,
  hardSigmoid: soft,
  hardSwish: soft,
  maxPool: { to: 'log-sum-exp', temperature: 6 }
}
const kinks = ['Relu', 'LeakyRelu', 'Clip', 'HardSigmoid', 'HardSwish', 'MaxPool', 'GlobalMaxPool']

/** Random graphs without a corner left, the first that have a max pooling to begin with. */
const models: readonly Model[] = range(120)
  .map((seed) => randomModel(seed, { kind: 'picture', labels: 5 + (seed % 40) }))
  .filter(({ nodes }) => nodes.some(({ op }) => op === 'MaxPool' || op === 'GlobalMaxPool'))
  .slice(0, 8)
  .map((model) => smooth(model, options))

describe('smooth random graphs', () => {
  it('hold operators of our own and none of those they replaced', () => {
    const found = models.flatMap(({ nodes }) => nodes.map(({ op }) => op))
    for (const op of ['Softclip', 'LogSumExpPool', 'GlobalLogSumExpPool']) expect(found).toContain(op)
    expect(found.filter((op) => kinks.includes(op))).toEqual([])
  })

  it.each(models.map((model, i) => ({ i, model })))(
    'agree with the reference engine, and with themselves bit for bit: $i',
    async ({ model }) => {
      const input = randomTensor([3, ...model.inputs[0]!.shape.slice(1).map(Number)])
      const labels = range(3).map(() => range(Number(model.outputs[0]!.shape[1])))
      const oracle = await createReferenceEngine().load(model)
      const expected = await oracle.vjp(input, { labels })
      const one = await cpuEngine(1, { batch: 'never' }).load(model)
      const alone = await one.vjp(input, { labels })
      expect(relativeError((await one.forward(input)).data, (await oracle.forward(input)).data)).toBeLessThan(1e-5)
      expect(relativeError(alone.data, expected.data)).toBeLessThan(1e-4)
      const other = await cpuEngine(3, { batch: 'always' }).load(model)
      expect(sameBits((await other.vjp(input, { labels })).data, alone.data)).toBe(true)
      const contests = [
        await one.contest(input, labels, { multiply: 'input', sumAxis: 1 }),
        await other.contest(input, labels, { multiply: 'input', sumAxis: 1, memory: 2 ** 22 })
      ]
      expect(sameBits(contests[0]!.best, contests[1]!.best)).toBe(true)
      expect(sameBits(contests[0]!.worstLabel, contests[1]!.worstLabel)).toBe(true)
      for (const session of [oracle, one, other]) session.dispose()
    }
  )
})
