import { example, type BackwardRules, type Session, type Tensor } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { relativeError, tinyModels } from '@agon/testing'
import { ruleCases } from '@agon/testing/rule-cases'
import { describe, expect, it } from 'vitest'
import { cpuEngine, randomTensor, range, sameBits } from './helpers.js'

const oracle = createReferenceEngine()
const [one, two] = [cpuEngine(1), cpuEngine(2)]

/** Relevances of two outputs, or what goes back from them. */
async function passOf(session: Session, input: Tensor, rules: BackwardRules): Promise<Tensor> {
  const labels = range(input.shape[0]!).map((n) => [n, 0])
  return session.vjp(input, { labels }, { rules })
}

describe('every rule at every operator that has it equals the reference engine', () => {
  it.each(ruleCases.map((row) => [row.name, row] as const))('%s', async (_, { of, rules }) => {
    const input = of.input(1, 2)
    const [own, expected] = [await two.load(of.model), await oracle.load(of.model)]
    const [found, wanted] = [await passOf(own, input, rules), await passOf(expected, input, rules)]
    expect(found.shape).toEqual(wanted.shape)
    expect(relativeError(found.data, wanted.data)).toBeLessThan(1e-4)
    own.dispose()
  })
})

const composites: readonly BackwardRules[] = [
  { byOp: { Relu: 'guided' } },
  { composite: 'epsilon-plus-flat', carries: 'relevance' },
  { composite: { rule: 'gamma', bias: 'spread' }, carries: 'relevance', seeds: 'relevance' }
]
const nets = tinyModels().filter(({ model }) => model.nodes.some(({ op }) => op === 'Relu'))

describe.each(nets.map(({ model, labels }) => [model.name, model, labels] as const))('on %s', (_, model, count) => {
  const input = randomTensor([3, ...model.inputs[0]!.shape.slice(1).map(Number)], 4)

  it.each(composites.map((rules) => [JSON.stringify(rules), rules] as const))('%s', async (__, rules) => {
    const labels = range(3).map(() => range(count))
    const [session, other, reference] = [await two.load(model), await one.load(model), await oracle.load(model)]
    const found = await session.vjp(input, { labels }, { rules })
    const expected = await reference.vjp(input, { labels }, { rules })
    expect(relativeError(found.data, expected.data)).toBeLessThan(1e-4)
    // The same bits for any number of threads, chunk of labels and batch.
    expect(sameBits(found.data, (await other.vjp(input, { labels }, { rules })).data)).toBe(true)
    expect(sameBits(found.data, (await session.vjp(input, { labels }, { rules, memory: 200_000 })).data)).toBe(true)
    const last = await session.vjp(example(input, 2), { labels: [[count - 1]] }, { rules })
    expect(sameBits(last.data, found.data.slice(-last.data.length))).toBe(true)
    // The contest is that of these maps.
    const contest = await session.contest(input, labels, { rules, maps: labels })
    expect(sameBits(contest.maps.data, found.data)).toBe(true)
    const best = contest.best.map((__, e) =>
      Math.max(...range(count).map((l) => found.data[l * input.data.length + e]!))
    )
    expect(sameBits(contest.best, best)).toBe(true)
    session.dispose()
    await expect(session.vjp(input, { labels }, { rules })).rejects.toMatchObject({ code: 'AGON_DISPOSED' })
  })
})
