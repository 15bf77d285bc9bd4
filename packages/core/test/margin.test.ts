import { competitive, explain, marginMap, tensor, turf } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { timesInput } from './linear-session.js'
import { brokenAt, row, scoresFrom, scoresOf } from './score-session.js'

/** The definition, label y against every other: the score that wins, times the share of it that is its lead. */
function byDefinition(maps: readonly Float32Array[], y: number): number[] {
  return Array.from(maps[y]!, (own, i) => {
    const others = maps.filter((_, c) => c !== y).map((map) => Math.sign(own) * map[i]!)
    if (own === 0 || others.some((other) => other >= Math.abs(own))) return 0
    return own * ((Math.abs(own) - Math.max(0, ...others)) / Math.abs(own))
  })
}

const margin = competitive(timesInput(), { competition: 'margin' })

describe('margin-weighted maps', () => {
  it('are the definition, for 1 to 7 labels, with ties and without', async () => {
    for (let seed = 0; seed < 28; seed++) {
      const scores = await scoresOf(seed, 1 + (seed % 7), { draw: seed % 2 === 0 ? 'few' : 'normal' })
      const target = seed % scores.labels
      const { attribution } = await explain(scores.session, scores.input, margin, { target })
      for (const n of [0, 1]) {
        const maps = Array.from({ length: scores.labels }, (_, c) => scores.map(n, c))
        const expected = byDefinition(maps, target)
        row(attribution, n).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
      }
    }
  })

  it('come from the fused contest, without another pass', async () => {
    const scores = await scoresOf(1, 5)
    await explain(scores.session, scores.input, margin)
    expect(scores.calls).toEqual(['contest'])
  })

  it('are where they are positive the margins of the turf', async () => {
    const scores = await scoresOf(2, 5, { examples: 1 })
    const targets = [0, 1, 2, 3, 4]
    const { contest } = await explain(scores.session, scores.input, margin)
    const maps = marginMap(contest!, [targets])
    const owned = turf(contest!)
    owned.margin.forEach((value, i) => {
      const owner = owned.owner[i]!
      if (owner >= 0) expect(maps.data[owner * 40 + i]).toBe(value)
      targets.filter((label) => label !== owner).forEach((label) => expect(maps.data[label * 40 + i]! <= 0).toBe(true))
    })
  })

  it('permuting labels permutes maps; a common factor changes nothing else', async () => {
    const weights = [[1, -2, 0.5, 2], [0.5, 1, -1, 2], [-1, -1, 2, 1], [0.25, 2, 0.125, -3]] // prettier-ignore
    const input = tensor([1, 4], [1, 2, -1, 0.5])
    const order = [2, 0, 3, 1]
    const mapOf = async (rows: number[][], target: number) => {
      const { session } = await scoresFrom(rows, input)
      return (await explain(session, input, margin, { target })).attribution.data
    }
    const permuted = order.map((c) => weights[c]!)
    const loud = weights.map((map) => map.map((value) => 4 * value))
    for (const [place, label] of order.entries()) {
      const own = await mapOf(weights, label)
      expect(await mapOf(permuted, place)).toEqual(own)
      expect(await mapOf(loud, label)).toEqual(own.map((value) => 4 * value))
    }
  })

  it('of one label are its map without the sign of zeros; a tie is worth nothing', async () => {
    const one = await scoresFrom([[1, -2, 0]], tensor([1, 3], [1, 1, -1]))
    const { attribution } = await explain(one.session, one.input, margin)
    expect([...attribution.data]).toEqual([1, -2, 0])
    expect(Object.is(attribution.data[2], 0)).toBe(true)
    const tied = await scoresFrom([[3, -3, 1], [3, -3, -1]], tensor([1, 3], [1, 1, 1])) // prettier-ignore
    const found = await explain(tied.session, tied.input, margin, { target: 0 })
    expect([...found.attribution.data]).toEqual([0, 0, 1])
  })

  it('say that they are an extension, and refuse NaN and ties', async () => {
    const scores = await scoresOf(3, 3)
    const { method, notes } = await explain(scores.session, scores.input, margin)
    expect(method).toBe('competitive-times-input-margin')
    expect(notes.find(({ code }) => code === 'extension')!.message).toMatch(
      /margin-weighted map is an extension of Agon/
    )
    const broken = explain(scores.session, scores.input, competitive(brokenAt(1), { competition: 'margin' }))
    await expect(broken).rejects.toMatchObject({ what: 'map of label 1 for example 0' })
    expect(() => competitive(timesInput(), { competition: 'margin', ties: 'keep' })).toThrow(/ties 'keep'/)
  })
})
