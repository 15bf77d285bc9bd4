import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hog, normalisations, similarities } from '../src/index.js'
import { formulaMap } from './formula-maps.js'

type MapOf = readonly [kind: string, seed: number]
type Values = Readonly<Record<string, number>>

interface Fixture {
  readonly cases: readonly { shape: number[]; a: MapOf; b: MapOf; values: Values }[]
  readonly hog: { map: MapOf; shape: number[]; features: number[] }
  readonly normalised: readonly { map: MapOf; shape: number[]; values: Record<string, number[]> }[]
}

/** By scipy, scikit-image and numpy: scripts/similarity-oracle. */
const path = join(import.meta.dirname, 'fixtures', 'similarities.json')
const fixture = JSON.parse(readFileSync(path, 'utf8')) as Fixture

describe('similarities have the values of scipy and scikit-image', () => {
  it.each(fixture.cases)('for maps $shape of $a.0 and $b.0', ({ shape, a, b, values }) => {
    const [one, other] = [formulaMap(a, shape), formulaMap(b, shape)]
    for (const [name, value] of Object.entries(values)) {
      const found = similarities.get(name).compare(one, other, shape)
      expect(Math.abs(found - value), `${name}: ${found}, not ${value}`).toBeLessThan(
        1e-9 * Math.max(1, Math.abs(value))
      )
    }
  })

  it('each of them in many cases', () => {
    const names = fixture.cases.flatMap(({ values }) => Object.keys(values))
    for (const { name } of similarities) {
      const times = names.filter((each) => each === name).length
      // No library defines the common part of two tops with shared ties.
      if (!name.startsWith('top-')) expect(times, name).toBeGreaterThan(15)
    }
  })
})

it('histograms of oriented gradients are those of scikit-image', () => {
  const { map, shape, features } = fixture.hog
  const found = hog({ height: shape[1]!, width: shape[2]!, values: formulaMap(map, shape) })
  expect(found.length).toBe(features.length)
  found.forEach((value, i) => expect(Math.abs(value - features[i]!)).toBeLessThan(1e-12))
})

describe('normalisations have the values of numpy', () => {
  it.each(fixture.normalised)('for a map of $map.0', ({ map, shape, values }) => {
    expect(Object.keys(values)).toEqual(normalisations.names)
    const given = formulaMap(map, shape)
    const before = given.slice()
    for (const [name, expected] of Object.entries(values)) {
      const found = normalisations.get(name).apply(given)
      expect(found).not.toBe(given)
      found.forEach((value, i) => expect(value).toBeCloseTo(Math.fround(expected[i]!), 6))
    }
    expect(given).toEqual(before)
  })
})
