import { competitive, competitiveMap, createFold, createRandom, keptShare, type Ties } from '@agon/core'
import { describe, expect, it } from 'vitest'

/** The definition, read off the paper: label y against every other label. */
function byDefinition(maps: readonly Float32Array[], y: number, ties: Ties): Float32Array {
  return maps[y]!.map((own, i) => {
    const others = maps.filter((_, c) => c !== y).map((map) => map[i]!)
    const above = others.every((other) => (ties === 'lose' ? own > other : own >= other))
    const below = others.every((other) => (ties === 'lose' ? own < other : own <= other))
    return (own > 0 && above) || (own < 0 && below) ? own : 0
  })
}

function foldOf(maps: readonly Float32Array[], order = maps.map((_, label) => label)) {
  const labels = [maps.map((_, label) => label)]
  const fold = createFold([1, maps[0]!.length], labels, labels)
  for (const label of order) fold.add(0, label, maps[label]!)
  return fold.finish()
}

/** Maps of small integers, so that ties and zeros are frequent. */
function tiedMaps(seed: number, labels: number, size: number): Float32Array[] {
  const random = createRandom(seed)
  return Array.from({ length: labels }, () => Float32Array.from({ length: size }, () => random.integer(5) - 2))
}

describe('the competition is the definition', () => {
  for (const ties of ['lose', 'keep'] as const) {
    it(`for 1 to 6 labels with many ties, ties ${ties}`, () => {
      for (let seed = 0; seed < 60; seed++) {
        const maps = tiedMaps(seed, 1 + (seed % 6), 200)
        const contest = foldOf(maps)
        maps.forEach((_, y) => {
          const expected = byDefinition(maps, y, ties)
          expect(competitiveMap(contest, [[y]], ties).data).toEqual(expected)
        })
      }
    })
  }

  it("compares signed scores: a positive score need not beat another label's large negative one", () => {
    const contest = foldOf([Float32Array.of(1), Float32Array.of(-100)])
    expect([...competitiveMap(contest, [[0]]).data]).toEqual([1])
    expect([...competitiveMap(contest, [[1]]).data]).toEqual([-100])
  })

  it('a zero never wins, also when every other score is negative', () => {
    const contest = foldOf([Float32Array.of(0), Float32Array.of(-1), Float32Array.of(-2)])
    expect([...competitiveMap(contest, [[0]]).data]).toEqual([0])
  })

  it("with one label returns the base map without its zeros' sign", () => {
    const map = competitiveMap(foldOf([Float32Array.of(-0, 2, -3)]), [[0]]).data
    expect(Object.is(map[0], 0)).toBe(true)
    expect([...map]).toEqual([0, 2, -3])
  })

  it('every element is won by at most one label per sign', () => {
    const maps = tiedMaps(7, 5, 500)
    const contest = foldOf(maps)
    const won = maps.map((_, y) => competitiveMap(contest, [[y]]).data)
    for (let i = 0; i < 500; i++) {
      expect(won.filter((map) => map[i]! > 0).length).toBeLessThanOrEqual(1)
      expect(won.filter((map) => map[i]! < 0).length).toBeLessThanOrEqual(1)
    }
  })

  it('permuting labels permutes maps, and the order of folding does not matter', () => {
    const random = createRandom(3)
    const maps = Array.from({ length: 6 }, () => Float32Array.from({ length: 300 }, () => random.normal()))
    const order = random.permutation(6)
    const permuted = foldOf(order.map((label) => maps[label]!))
    const straight = foldOf(maps)
    const shuffled = foldOf(maps, order)
    order.forEach((label, place) => {
      const map = competitiveMap(straight, [[label]]).data
      expect(competitiveMap(permuted, [[place]]).data).toEqual(map)
      expect(competitiveMap(shuffled, [[label]]).data).toEqual(map)
    })
  })

  it('a common positive factor changes no decision', () => {
    const random = createRandom(4)
    const maps = Array.from({ length: 4 }, () => Float32Array.from({ length: 300 }, () => random.normal()))
    const scaled = foldOf(maps.map((map) => map.map((value) => value * 8)))
    const plain = foldOf(maps)
    const expected = competitiveMap(plain, [[2]]).data.map((value) => value * 8)
    expect(competitiveMap(scaled, [[2]]).data).toEqual(expected)
  })

  it('compares maps as they are: a label whose map is much larger wins everywhere', () => {
    const random = createRandom(5)
    const maps = Array.from({ length: 4 }, () => Float32Array.from({ length: 300 }, () => random.normal()))
    const loud = maps.map((map, label) => (label === 1 ? map.map((value) => 1e6 * value) : map))
    expect(competitiveMap(foldOf(loud), [[1]]).data).toEqual(loud[1])
    expect(keptShare(competitiveMap(foldOf(loud), [[0]]).data)).toBeLessThan(0.5)
  })

  it('of two antisymmetric maps it removes nothing', () => {
    const map = Float32Array.of(1, -2, 3)
    const contest = foldOf([map, map.map((value) => -value)])
    expect(competitiveMap(contest, [[0]]).data).toEqual(map)
  })

  it('keeps (2/K)(1 - 2^-K) of independent symmetric scores', () => {
    const random = createRandom(11)
    for (const [labels, share] of [
      [2, 0.75],
      [4, 0.46875],
      [10, 0.19980469],
      [100, 0.02]
    ] as const) {
      const maps = Array.from({ length: labels }, () => Float32Array.from({ length: 20_000 }, () => random.normal()))
      const kept = keptShare(competitiveMap(foldOf(maps), [[0]]).data)
      const deviation = Math.sqrt((share * (1 - share)) / 20_000)
      expect(Math.abs(kept - share)).toBeLessThan(5 * deviation)
    }
  })

  it('refuses NaN, naming label and example', () => {
    const fold = createFold([1, 2], [[0, 1]])
    expect(() => fold.add(0, 1, Float32Array.of(0, NaN))).toThrow(/label 1 .*example 0.*NaN/)
  })

  it('refuses a label that did not compete', () => {
    expect(() => competitiveMap(foldOf([Float32Array.of(1)]), [[5]])).toThrow(/label 5/)
  })

  it('refuses unknown options and choices by name', () => {
    const base = { name: 'base', attribute: async () => ({ shape: [1, 1], data: new Float32Array(1) }) }
    expect(() => competitive(base, { granularty: 'pixel' } as never)).toThrow(/Did you mean 'granularity'/)
    expect(() => competitive(base, { ties: 'win' as never })).toThrow(/lose, keep/)
  })
})
