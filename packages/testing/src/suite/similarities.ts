import { formatShape, sizeOf, type Similarity } from '@agon/core'
import type { Checks } from './check.js'
import { expect } from './expect.js'
import { bits, randomTensor } from './subject.js'

/** Rounding that a value may have, of its size. */
const rounding = 1e-5

/** What a similarity must be. */
export function similarityChecks(
  { check }: Checks,
  similarity: Similarity,
  shapes: readonly (readonly number[])[]
): void {
  const { range, direction, symmetric } = similarity
  const best = direction === 'higher' ? range[1] : range[0]

  check('has a name, a source, a direction and a range', () => {
    expect(similarity.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(similarity.cite.length).toBeGreaterThan(0)
    expect(['higher', 'lower']).toContain(direction)
    expect(range[1]).toBeGreaterThan(range[0])
    expect(typeof symmetric).toBe('boolean')
  })

  for (const shape of shapes) {
    const [a, b] = [1, 2].map((seed) => randomTensor(shape, seed).data) as [Float32Array, Float32Array]
    const compare = (one: Float32Array, other: Float32Array): number => similarity.compare(one, other, shape)
    const title = (what: string): string => `${formatShape(shape)}: ${what}`

    check(title('a map and itself have the best value'), () => {
      for (const map of [a, a.map(Math.abs), sparse(a)]) expect(off(compare(map, map), best)).toBeLessThan(rounding)
    })
    check(title('values are in the range'), () => {
      for (const [one, other] of pairs(a, b)) assertInside(compare(one, other), range)
    })
    check(title('constant maps have a value in the range'), () => {
      const constants = [0, 1, -2].map((value) => new Float32Array(sizeOf(shape)).fill(value))
      for (const one of constants) {
        for (const other of [a, ...constants]) {
          assertInside(compare(one, other), range)
          assertInside(compare(other, one), range)
        }
      }
    })
    check(title('a map that was altered a little is more alike than another map, and less than itself'), () => {
      const little = a.map((value, i) => value + 0.05 * b[i]!)
      const badness = [a, little, b].map((map) => (direction === 'higher' ? -1 : 1) * compare(a, map))
      expect(badness[1]).toBeGreaterThan(badness[0]!)
      expect(badness[2]).toBeGreaterThan(badness[1]!)
    })
    check(title('the same maps have the same value, and are not written to'), () => {
      const [one, other] = [3, 4].map((seed) => randomTensor(shape, seed).data) as [Float32Array, Float32Array]
      const before = [bits(one), bits(other)]
      expect(compare(one, other)).toBe(compare(one, other))
      expect([bits(one), bits(other)]).toEqual(before)
    })
    if (symmetric) {
      check(title('it is symmetric'), () => {
        for (const [one, other] of pairs(a, b))
          expect(off(compare(one, other), compare(other, one))).toBeLessThan(rounding)
      })
    }
  }
}

/** Unrelated maps, opposite ones, signed and unsigned, dense and sparse, of very different sizes. */
function pairs(a: Float32Array, b: Float32Array): readonly (readonly [Float32Array, Float32Array])[] {
  return [
    [a, b],
    [a, a.map((value) => -value)],
    [a, a.map(Math.abs)],
    [sparse(a), b],
    [a, b.map((value) => 1e4 * value)],
    [a.map((value) => 1e-4 * value), sparse(b)]
  ]
}

/** Nine of ten values 0. */
function sparse(map: Float32Array): Float32Array {
  return map.map((value, i) => (i % 10 === 0 ? value : 0))
}

function assertInside(value: number, [least, most]: readonly [number, number]): void {
  expect(typeof value).toBe('number')
  expect(value).toBeGreaterThanOrEqual(least - rounding * Math.max(1, Math.abs(least)))
  expect(-value).toBeGreaterThanOrEqual(-most - rounding * Math.max(1, Math.abs(most)))
}

/** How far a value is from another, of the other's size where that is more than 1. */
function off(value: number, from: number): number {
  return value === from ? 0 : Math.abs(value - from) / Math.max(1, Math.abs(from))
}
