import { competitive, competitiveMap, contest, explain, softMap, tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { timesInput } from './linear-session.js'
import { brokenAt, programmed, row, scoresFrom, scoresOf, type Scores } from './score-session.js'

/** The definition, from all maps at once: the share of y among the scores of its sign at every element. */
function byDefinition(scores: Scores, n: number, y: number, temperature: number): number[] {
  const maps = Array.from({ length: scores.labels }, (_, c) => scores.map(n, c))
  return Array.from(maps[y]!, (own, i) => {
    const rivals = maps.map((map) => map[i]!).filter((value) => value * own > 0)
    const largest = Math.max(...rivals.map(Math.abs))
    const exponential = (value: number): number => Math.exp((Math.abs(value) - largest) / temperature)
    return own === 0 ? 0 : (own * exponential(own)) / rivals.reduce((sum, value) => sum + exponential(value), 0)
  })
}

/** Root mean square of the map of the label with the largest logit, which for these linear logits is the sum of the map. */
function scaleOf(scores: Scores, n: number): number {
  const sums = Array.from({ length: scores.labels }, (_, c) => scores.map(n, c).reduce((a, b) => a + b, 0))
  const map = scores.map(n, sums.indexOf(Math.max(...sums)))
  return Math.sqrt(map.reduce((sum, value) => sum + value * value, 0) / map.length)
}

const soft = (temperature: number, base = timesInput()) => competitive(base, { competition: 'soft', temperature })

async function softRows(scores: Scores, target: number, temperature: number, options = {}) {
  const { attribution } = await explain(scores.session, scores.input, soft(temperature), { target, ...options })
  return [row(attribution, 0), row(attribution, 1)]
}

describe('soft competition', () => {
  it('is the definition, for 1 to 8 labels and several temperatures', async () => {
    for (let seed = 0; seed < 24; seed++) {
      const scores = await scoresOf(seed, 1 + (seed % 8), { draw: seed % 3 === 0 ? 'few' : 'normal' })
      const target = seed % scores.labels
      for (const temperature of [0.05, 0.5, 20]) {
        const rows = await softRows(scores, target, temperature)
        rows.forEach((found, n) => {
          const expected = byDefinition(scores, n, target, temperature * scaleOf(scores, n))
          found.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6))
        })
      }
    }
  })

  it('has the same bits for any chunk of labels, and for a program', async () => {
    const scores = await scoresOf(3, 9)
    const whole = await softRows(scores, 4, 0.3)
    for (const memory of [1, 2 * 16 * 80 * 2, 2 * 16 * 80 * 4]) {
      expect(await softRows(scores, 4, 0.3, { memory })).toEqual(whole)
    }
    const { attribution } = await explain(scores.session, scores.input, soft(0.3, programmed), { target: 4 })
    expect([row(attribution, 0), row(attribution, 1)]).toEqual(whole)
    expect(scores.calls.filter((call) => call === 'contest').length).toBeGreaterThan(0) // the label that sets the scale
  })

  it('at a small temperature is the strict competition, bit for bit', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const scores = await scoresOf(seed, 2 + (seed % 6))
      const strict = await explain(scores.session, scores.input, competitive(timesInput()), { target: 1 })
      expect(await softRows(scores, 1, 1e-9)).toEqual([row(strict.attribution, 0), row(strict.attribution, 1)])
      expect(await softRows(scores, 1, 0)).toEqual([row(strict.attribution, 0), row(strict.attribution, 1)])
    }
  })

  it('at temperature 0 shares a tie evenly', async () => {
    const scores = await scoresFrom([[3, -2, 1, 0], [3, -2, 2, 0], [1, -2, 0, 0]], tensor([1, 4], [1, 1, 1, 1])) // prettier-ignore
    const { attribution } = await explain(scores.session, scores.input, soft(0), { target: 0 })
    expect([...attribution.data]).toEqual([1.5, Math.fround(-2 / 3), 0, 0])
    expect(attribution.data.some((value) => Object.is(value, -0))).toBe(false)
  })

  it('where the scale is 0 is the strict competition', async () => {
    const scores = await scoresFrom([[0, 0, 0], [-1, 2, -3]], tensor([1, 3], [1, 1, 1])) // prettier-ignore
    const { attribution, target } = await explain(scores.session, scores.input, soft(1), { target: 1 })
    expect([target, [...attribution.data]]).toEqual([[1], [-1, 2, -3]])
  })

  it('gives shares of one sign that add up to 1', async () => {
    const scores = await scoresOf(5, 6, { draw: 'few' })
    const maps = await Promise.all([0, 1, 2, 3, 4, 5].map((target) => softRows(scores, target, 0.7)))
    for (let i = 0; i < 40; i++) {
      for (const sign of [1, -1]) {
        const shares = maps.map((rows, c) =>
          sign * scores.map(0, c)[i]! > 0 ? rows[0]![i]! / scores.map(0, c)[i]! : 0
        )
        const sum = shares.reduce((a, b) => a + b, 0)
        expect([0, 1]).toContain(Math.round(sum * 1e6) / 1e6)
      }
    }
  })

  it('permuting labels permutes maps; a common factor changes no share', async () => {
    const weights = [[1, -2, 0.5, 2], [0.5, 1, -1, 1.5], [-1, -1, 2, 1], [0.3, 2, 0.1, -3]] // prettier-ignore
    const input = tensor([1, 4], [1, 2, -1, 0.5])
    const [straight, order] = [await scoresFrom(weights, input), [2, 0, 3, 1]]
    const permuted = await scoresFrom(
      order.map((c) => weights[c]!),
      input
    )
    const loud = await scoresFrom(
      weights.map((map) => map.map((value) => 8 * value)),
      input
    )
    for (const [place, label] of order.entries()) {
      const own = (await explain(straight.session, input, soft(0.4), { target: label })).attribution.data
      const moved = (await explain(permuted.session, input, soft(0.4), { target: place })).attribution.data
      moved.forEach((value, i) => expect(value).toBeCloseTo(own[i]!, 6))
      const louder = (await explain(loud.session, input, soft(0.4), { target: label })).attribution.data
      expect(louder).toEqual(own.map((value) => 8 * value))
    }
  })

  it('of one label is its map, and neither large scores nor small temperatures overflow', async () => {
    const one = await scoresFrom([[1, -2, 0]], tensor([1, 3], [1, 1, -1]))
    const { attribution } = await explain(one.session, one.input, soft(0.5))
    expect([...attribution.data]).toEqual([1, -2, 0])
    const huge = await scoresFrom([[1e38, -1e38], [9e37, -2e38]], tensor([1, 2], [1, 1])) // prettier-ignore
    for (const temperature of [1e-300, 1e-3, 1, 1e300]) {
      const found = await explain(huge.session, huge.input, soft(temperature), { target: 0 })
      expect(found.attribution.data.every(Number.isFinite)).toBe(true)
    }
  })

  it('refuses NaN, naming the label', async () => {
    const scores = await scoresOf(1, 3)
    const run = explain(scores.session, scores.input, soft(1, brokenAt(2)))
    await expect(run).rejects.toMatchObject({ code: 'AGON_NOT_FINITE', what: 'map of label 2 for example 0' })
  })

  it('says that it is an extension, in its name, its options and a note', async () => {
    const scores = await scoresOf(2, 4)
    const method = competitive(timesInput(), { competition: 'soft' })
    const found = await explain(scores.session, scores.input, method)
    expect(found.method).toBe('competitive-times-input-soft')
    expect(method.options).toMatchObject({ competition: 'soft', temperature: 0.1 })
    const notes = found.notes.filter(({ code }) => code === 'extension')
    expect(notes).toHaveLength(1)
    expect(notes[0]!.message).toMatch(/A soft competition is an extension of Agon, not the published competition/)
    expect(found.contest!.shares!.temperature).toHaveLength(2)
  })

  it('keeps the strict contest as it is, with the shares beside it', async () => {
    const scores = await scoresOf(6, 5)
    const options = { maps: [[0, 1], [0, 1]] } // prettier-ignore
    const { shares, ...found } = await contest(scores.session, scores.input, timesInput(), {
      ...options,
      temperature: 1
    })
    expect(found).toEqual(await contest(scores.session, scores.input, timesInput(), options))
    expect(softMap({ ...found, shares: shares! }, [[1], [1]]).shape).toEqual([1, 2, 40])
    expect(() => softMap(found, [[1], [1]])).toThrow(/with a temperature/)
    expect(() => competitiveMap(found, [[3], [3]], 'keep')).toThrow(/own map of that label/)
  })

  it('refuses temperatures and options that mean nothing', async () => {
    const make = (options: object) => () => competitive(timesInput(), options)
    expect(make({ competition: 'soft', temperature: -1 })).toThrow(/temperature of a soft competition.*>= 0.*-1/)
    expect(make({ competition: 'soft', temperature: NaN })).toThrow(/NaN/)
    expect(make({ temperature: 1 })).toThrow(/temperature of competitive.*competition 'soft'/)
    expect(make({ competition: 'soft', ties: 'keep' })).toThrow(/ties 'keep'/)
    expect(make({ competition: 'sfot' })).toThrow(/Did you mean 'soft'/)
    const scores = await scoresOf(6, 2)
    const run = contest(scores.session, scores.input, timesInput(), { temperature: -1 })
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
  })
})
