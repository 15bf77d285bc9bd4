import { createRandom, sizeOf, type BackwardRules, type Session, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { specialize } from '@agon/graph'
import { opCases, tinyModels } from '@agon/testing'
import { describe, expect, it } from 'vitest'

const engine = createReferenceEngine()

/** Sum of cotangent (.) rise of the output, sum of multiplier (.) rise of the input, and how large their terms are. */
async function balance(session: Session, input: Tensor, baseline: Tensor, rules: BackwardRules) {
  const [y, b] = [await session.forward(input), await session.forward(baseline)]
  const random = createRandom(1).fork('cotangents')
  const cotangents = { shape: [1, ...y.shape], data: y.data.map(() => random.normal()) }
  const { data } = await session.vjp(input, cotangents, { rules, baseline })
  const terms = [...data].map((m, i) => m * (input.data[i]! - baseline.data[i]!))
  const rises = [...y.data].map((value, i) => cotangents.data[i]! * (value - b.data[i]!))
  const sum = (values: readonly number[]): number => values.reduce((a, v) => a + v, 0)
  return { contributed: sum(terms), risen: sum(rises), size: sum(terms.map(Math.abs)) + sum(rises.map(Math.abs)) }
}

/** Cases that are refused, and the node that is named. */
const refused: Readonly<Record<string, string>> = {
  'Pow: two activations': 'Pow',
  'Pow: two activations, one broadcast': 'Pow',
  'Where: mask from the input, two activations': 'Where',
  'Gather: rows of an activation, indices from the input': 'Gather',
  'Gather: word embeddings': 'Gather'
}
const truths = [
  'Cast: to bool and back',
  'Cast: to int64 and back',
  'Greater',
  'GreaterOrEqual',
  'Less',
  'LessOrEqual',
  'Equal',
  'And',
  'Or',
  'Xor',
  'Not',
  'CastLike'
]
const unruled = ['Detach', 'Through', 'Rectify', 'LogSumExpPool', 'GlobalLogSumExpPool']

describe.each(['rescale', 'reveal-cancel'])('the rule %s', (rule) => {
  it.each(opCases.map((opCase) => [opCase.name, opCase] as const))('adds up for %s', async (name, opCase) => {
    const session = await engine.load(opCase.model)
    if (specialize(opCase.model, opCase.inputShape).nodes.length === 0) return
    const run = balance(session, opCase.input(3), opCase.input(5), { composite: rule })
    if (refused[name] || truths.some((start) => name.startsWith(start)) || unruled.includes(opCase.op)) {
      await expect(run).rejects.toMatchObject({
        code: 'AGON_NO_RULE',
        what: expect.stringContaining('node ') as string
      })
      return
    }
    const { contributed, risen, size } = await run
    expect(Math.abs(contributed - risen)).toBeLessThan(1e-5 * size + 1e-12)
  })

  it.each(tinyModels().map((tiny) => [tiny.model.name, tiny] as const))('adds up on %s', async (_, tiny) => {
    const session = await engine.load(tiny.model)
    const draw = (seed: number): Tensor => {
      const random = createRandom(seed)
      const data = Float32Array.from({ length: sizeOf(tiny.inputShape) }, () => random.normal())
      return { shape: tiny.inputShape, data }
    }
    const { contributed, risen, size } = await balance(session, draw(1), draw(2), { composite: rule })
    expect(Math.abs(contributed - risen)).toBeLessThan(1e-5 * size)
  })
})
