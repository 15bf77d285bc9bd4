import {
  competitive,
  contest,
  explain,
  tensor,
  territories,
  turf,
  type CompetitiveOptions,
  type GroupScore,
  type Groups
} from '@agon/core'
import { describe, expect, it } from 'vitest'
import { timesInput } from './linear-session.js'
import { brokenAt, programmed, row, scoresFrom, scoresOf, type Scores } from './score-session.js'

const joins: Record<GroupScore, (values: readonly number[]) => number> = {
  sum: (values) => values.reduce((a, b) => a + b, 0),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  strongest: (values) => values.reduce((a, b) => (Math.abs(b) > Math.abs(a) || (b === -a && b > 0) ? b : a))
}

/** The definition, from all maps at once: group `own` against every other, element by element. */
function byDefinition(
  scores: Scores,
  n: number,
  groups: readonly number[][],
  own: number,
  score: GroupScore
): number[] {
  const maps = Array.from({ length: scores.labels }, (_, c) => scores.map(n, c))
  return Array.from(maps[0]!, (_, i) => {
    const values = groups.map((labels) => Math.fround(joins[score](labels.map((label) => maps[label]![i]!))))
    const others = values.filter((_, g) => g !== own)
    const value = values[own]!
    const wins = (value > 0 && others.every((o) => value > o)) || (value < 0 && others.every((o) => value < o))
    return wins ? value : 0
  })
}

const among = (groups: Groups, options: Partial<CompetitiveOptions> = {}, base = timesInput()) =>
  competitive(base, { groups, ...options })

describe('a contest among groups', () => {
  const groups = [[0, 3], [5, 1, 2], [4]] // prettier-ignore

  it('is the definition for every score, with ties and without', async () => {
    for (let seed = 0; seed < 12; seed++) {
      const scores = await scoresOf(seed, 7, { draw: seed % 2 === 0 ? 'few' : 'normal' })
      for (const groupScore of ['mean', 'sum', 'strongest'] as const) {
        for (const [target, own] of [
          [3, 0],
          [1, 1],
          [4, 2]
        ] as const) {
          // prettier-ignore
          const { attribution } = await explain(scores.session, scores.input, among(groups, { groupScore }), { target })
          for (const n of [0, 1]) {
            expect([...row(attribution, n)]).toEqual(byDefinition(scores, n, groups, own, groupScore))
          }
        }
      }
    }
  })

  it('takes the mean by default', async () => {
    const scores = await scoresOf(3, 7)
    const { attribution } = await explain(scores.session, scores.input, among(groups), { target: 0 })
    expect([...row(attribution, 0)]).toEqual(byDefinition(scores, 0, groups, 0, 'mean'))
    expect(among(groups).options).toMatchObject({ groupScore: 'mean', groups })
  })

  it('has the same bits for any chunk of labels, and for a program', async () => {
    const scores = await scoresOf(4, 7)
    const run = (options: object, base = timesInput()) =>
      explain(scores.session, scores.input, among(groups, {}, base), { target: 1, ...options })
    const whole = await run({})
    for (const memory of [1, 2 * 16 * 80 * 2, 2 * 16 * 80 * 5]) {
      expect((await run({ memory })).contest).toEqual(whole.contest)
    }
    expect((await run({}, programmed)).contest).toEqual(whole.contest)
  })

  it('of single labels is the competition of these labels', async () => {
    const scores = await scoresOf(5, 4, { draw: 'few' })
    const each = [[0], [1], [2], [3]]
    for (const target of [0, 1, 2, 3]) {
      const alone = await explain(scores.session, scores.input, competitive(timesInput()), { target })
      for (const groupScore of ['mean', 'sum', 'strongest'] as const) {
        const found = await explain(scores.session, scores.input, among(each, { groupScore }), { target })
        expect(found.attribution).toEqual(alone.attribution)
      }
    }
  })

  it('permuting the groups, or the labels in them, changes no map; nor does a common factor', async () => {
    const scores = await scoresOf(6, 7)
    const mapOf = async (of: Groups, session = scores.session) =>
      (await explain(session, scores.input, among(of), { target: 5 })).attribution.data
    const own = await mapOf(groups)
    expect(await mapOf([[4], [2, 5, 1], [3, 0]])).toEqual(own)
    const weights = [[1, -2], [0.5, 1], [-1, 3]] // prettier-ignore
    const input = tensor([1, 2], [1, 2])
    const [quiet, loud] = [weights, weights.map((map) => map.map((value) => 8 * value))]
    const both = await Promise.all(
      [quiet, loud].map(async (rows) => {
        const { session } = await scoresFrom(rows, input)
        return (await explain(session, input, among([[0, 2], [1]]), { target: 0 })).attribution.data // prettier-ignore
      })
    )
    expect(both[1]).toEqual(both[0]!.map((value) => 8 * value))
  })

  it('softly, and weighted by margins', async () => {
    const scores = await scoresOf(7, 7)
    const run = (options: Partial<CompetitiveOptions>) =>
      explain(scores.session, scores.input, among(groups, options), { target: 1 })
    const strict = await run({})
    expect((await run({ competition: 'soft', temperature: 1e-9 })).attribution).toEqual(strict.attribution)
    const { attribution, contest: outcome, method } = await run({ competition: 'margin' })
    expect(method).toBe('competitive-times-input-margin-groups')
    attribution.data.forEach((value, i) => {
      const won = strict.attribution.data[i]!
      const rival = won > 0 ? Math.max(outcome!.runnerUp[i]!, 0) : Math.min(outcome!.runnerDown[i]!, 0)
      expect(value).toBe(won === 0 ? 0 : Math.fround(won - rival))
    })
  })

  it('has territories of groups, by their place', async () => {
    const scores = await scoresOf(8, 7, { examples: 1 })
    const named = { odd: [1, 3, 5], even: [0, 2, 4, 6] }
    const outcome = await contest(scores.session, scores.input, timesInput(), { groups: named })
    expect(outcome.groups).toEqual([
      { name: 'odd', labels: [1, 3, 5] },
      { name: 'even', labels: [0, 2, 4, 6] }
    ])
    const labels = territories(turf(outcome)).map(({ label }) => label)
    expect(labels.sort()).toEqual([0, 1])
  })

  it('takes names, lists and subsets of the labels, and says who competed', async () => {
    const scores = await scoresOf(9, 5)
    const session = {
      ...scores.session,
      model: { ...scores.session.model, labels: ['tench', 'cat', 'dog', 'crow', 'wren'] }
    }
    const run = (of: Groups, options: object) =>
      explain(session, scores.input, among(of), { target: 'dog', ...options })
    const found = await run({ fur: ['cat', 'dog'], feathers: ['crow', 4] }, {})
    expect(found.contestants).toEqual([[1, 2, 3, 4], [1, 2, 3, 4]]) // prettier-ignore
    expect(found.complete).toBe(false)
    expect(found.contest!.labels).toEqual([[0, 1], [0, 1]]) // prettier-ignore
    const note = found.notes.find(({ code }) => code === 'extension')!
    expect(note.message).toMatch(/^2 groups of labels competed.*A contest among groups is an extension of Agon/)
    const listed = await run([['cat', 'dog'], [3, 4]], {}) // prettier-ignore
    expect(listed.attribution).toEqual(found.attribution)
    expect(listed.contest!.groups!.map(({ name }) => name)).toEqual(['group 0', 'group 1'])
    // Without label 1 and without any of the feathers: the dog is alone.
    const alone = await run({ fur: ['cat', 'dog'], feathers: ['crow'] }, { labels: [0, 2, 4] })
    expect(alone.contest!.labels).toEqual([[0], [0]])
    expect([...row(alone.attribution, 0)]).toEqual([...scores.map(0, 2)].map((value) => (value === 0 ? 0 : value)))
    const complete = await run({ fur: [1, 2], rest: [0, 3, 4] }, {})
    expect(complete.complete).toBe(true)
  })

  it('refuses groupings that are none, labels that are not there or twice, and targets outside', async () => {
    expect(() => among({ all: [0, 1] })).toThrow(/at least two groups, found 1/)
    expect(() => among([[0], []])).toThrow(/list of labels, by index or name, in 'group 1', found an empty list/)
    expect(() => among({ a: [0], b: 3 } as never)).toThrow(/in 'b', found 3/)
    expect(() => among('cats' as never)).toThrow(/named lists, found string/)
    expect(() => competitive(timesInput(), { groupScore: 'sum' })).toThrow(/groupScore of competitive.*groups/)
    expect(() => among([[0], [1]], { groupScore: 'max' as never })).toThrow(/mean, sum, strongest/)
    const scores = await scoresOf(9, 5)
    const run = (of: Groups, target: number) => explain(scores.session, scores.input, among(of), { target })
    await expect(run([[0], [7]], 0)).rejects.toMatchObject({ code: 'AGON_UNKNOWN_NAME' })
    await expect(run([[0, 1], [1, 2]], 0)).rejects.toThrow(/label 1 in 'group 0' and in 'group 1'/) // prettier-ignore
    await expect(run([[0, 0], [1]], 0)).rejects.toThrow(/label 0 twice in 'group 0'/) // prettier-ignore
    await expect(run({ a: [0], b: [1] }, 3)).rejects.toThrow(/one of the groups 'a', 'b', found label 3/)
    const broken = explain(scores.session, scores.input, among([[0, 2], [1]], {}, brokenAt(2)), { target: 1 }) // prettier-ignore
    await expect(broken).rejects.toMatchObject({ code: 'AGON_NOT_FINITE', what: 'map of label 2 for example 0' })
  })

  it('compares whole groups when it says that only two compete, or that all are alike', async () => {
    const map = [1, -2, 3, 4]
    const rows = [map, map.map((value) => 2 * value), map.map((value) => 3 * value), map]
    const { session, input } = await scoresFrom(rows, tensor([1, 4], [1, 1, 1, 1]))
    const codes = async (of: Groups) => (await explain(session, input, among(of))).notes.map(({ code }) => code)
    expect(await codes([[0, 1], [2, 3]])).toEqual(['two-groups', 'extension']) // prettier-ignore
    expect(await codes([[0, 1], [2], [3]])).toEqual(['groups-alike', 'extension']) // prettier-ignore
  })
})
