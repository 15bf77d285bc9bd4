import { type BackwardRules, type Engine, type Session } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { relativeError, tinyModels } from '@agon/testing'
import { ruleCases } from '@agon/testing/rule-cases'
import { describe, expect, it } from 'vitest'
import { randomTensor, range, sameBits } from '../helpers.js'
import { smallNet } from '../models.js'

const oracle = createReferenceEngine()

/** Declares the tests of the GPU's engine that the suite of every engine has not: rules, contests, precisions, chunks, by the reference engine. */
export function testAgainstReference(engine: () => Engine): void {
  rules(engine)
  contests(engine)
  precisions(engine)
}

function rules(engine: () => Engine): void {
  it.each(ruleCases.map((row) => [row.name, row] as const))('rule: %s', async (_, { of, rules: given }) => {
    const input = of.input(1, 2)
    const [own, expected] = [await engine().load(of.model), await oracle.load(of.model)]
    const pass = (session: Session, with_: BackwardRules) =>
      session.vjp(input, { labels: range(2).map((n) => [n, 0]) }, { rules: with_ })
    const [found, wanted] = [await pass(own, given), await pass(expected, given)]
    expect(relativeError(found.data, wanted.data)).toBeLessThan(1e-4)
    own.dispose()
  })
}

function contests(engine: () => Engine): void {
  describe.each(tinyModels().map(({ model, labels }) => [model.name, model, labels] as const))(
    '%s',
    (_, model, count) => {
      it('has the decisions of the reference engine, and the same bits for any budget', async () => {
        const input = randomTensor([2, ...model.inputs[0]!.shape.slice(1).map(Number)], 4)
        const labels = range(2).map(() => range(count))
        const [own, expected] = [await engine().load(model), await oracle.load(model)]
        const options = { multiply: 'input', maps: labels } as const
        const [found, wanted] = [
          await own.contest(input, labels, options),
          await expected.contest(input, labels, options)
        ]
        expect(relativeError(found.maps.data, wanted.maps.data)).toBeLessThan(1e-4)
        const decided = found.bestLabel.filter((label, e) => label === wanted.bestLabel[e]).length
        expect(decided / found.bestLabel.length).toBeGreaterThan(0.99)
        const small = await own.contest(input, labels, { ...options, memory: 2 ** 20 })
        for (const name of ['best', 'runnerUp', 'worst', 'runnerDown', 'bestLabel', 'worstLabel'] as const) {
          expect(sameBits(small[name], found[name]), name).toBe(true)
        }
        own.dispose()
      })
    }
  )
}

function precisions(engine: () => Engine): void {
  it.each([
    ['tf32', 2e-3],
    ['bf16', 2e-2]
  ] as const)('%s is near fp32 and not fp32', async (precision, near) => {
    const session = await engine().load(smallNet(20))
    const input = randomTensor([1, 3, 12, 12])
    const labels = [range(20)]
    const [low, full] = [await session.vjp(input, { labels }, { precision }), await session.vjp(input, { labels })]
    const apart = relativeError(low.data, full.data)
    expect(apart).toBeLessThan(near)
    expect(apart).toBeGreaterThan(0)
    session.dispose()
  })

  it('makes no plan', async () => {
    const session = await engine().load(smallNet(20))
    const plans: unknown[] = []
    await session.contest(randomTensor([1, 3, 12, 12]), [range(20)], { onPlan: (plan) => void plans.push(plan) })
    expect(plans).toEqual([])
    session.dispose()
  })
}
