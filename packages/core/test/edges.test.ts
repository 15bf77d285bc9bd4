import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  competitive,
  createRandom,
  edgeMap,
  edgeNotes,
  edgeSimilarity,
  edgeThreshold,
  explain,
  ranks,
  spearman,
  tensor,
  type Method,
  type Tensor
} from '@agon/core'
import { describe, expect, it } from 'vitest'
import { linearSession, timesInput } from './linear-session.js'

interface Fixture {
  readonly cases: readonly { a: number[]; b: number[]; ranks: number[]; spearman: number }[]
  readonly edges: { shape: number[]; picture: number[]; edges: number[] }
}

const fixture = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/spearman.json'), 'utf8')) as Fixture

describe("Spearman's correlation", () => {
  it.each(fixture.cases)('is that of scipy, of arrays and of float32 (case %#)', (of) => {
    for (const kind of [(values: number[]) => values, (values: number[]) => Float32Array.from(values)]) {
      const [a, b] = [kind(of.a), kind(of.b)]
      expect([...ranks(a)]).toEqual(of.ranks)
      expect(spearman(a, b)).toBeCloseTo(of.spearman, 12)
      expect(spearman(b, a)).toBeCloseTo(of.spearman, 12)
    }
  })

  it('orders all of float32, infinities and zeros of both signs', () => {
    const values = [Infinity, -Infinity, 0, -0, 1e-45, -1e-45, 3e38, -3e38, 1, -1, 1]
    const expected = [11, 1, 5.5, 5.5, 7, 4, 10, 2, 8.5, 3, 8.5]
    expect([...ranks(values)]).toEqual(expected)
    expect([...ranks(Float32Array.from(values))]).toEqual(expected)
    const random = createRandom(2)
    const many = Float32Array.from({ length: 5000 }, () => random.normal() * 10 ** (random.integer(60) - 30))
    expect([...ranks(many)]).toEqual([...ranks([...many])])
  })

  it('is defined where one side is constant, and refuses NaN and other lengths', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBe(0)
    expect(spearman([1, 2, 3], [5, 5, 5])).toBe(0)
    expect(spearman([1, 1], [7, 7])).toBe(1)
    expect(spearman([], [])).toBe(1)
    expect(() => spearman([1, 2], [1])).toThrow(/2 values on both sides, found 1/)
    for (const broken of [[1, NaN], Float32Array.of(1, NaN), Float32Array.of(-NaN, 2)]) {
      expect(() => ranks(broken)).toThrow(/NaN at/)
    }
  })
})

describe('the edges of a picture', () => {
  const [side, examples] = [16, 2]
  const random = createRandom(4)
  const noise = (scale = 1): Float32Array => Float32Array.from({ length: examples * side * side }, () => scale * random.normal()) // prettier-ignore
  const input: Tensor = { shape: [examples, 1, side, side], data: noise() }
  const edges = tensor(input.shape, [...edgeMap(input, 0), ...edgeMap(input, 1)])

  it('are those of Sobel over the sum of the channels, as scipy has them', () => {
    const { shape, picture, edges: expected } = fixture.edges
    edgeMap(tensor(shape, picture), 0).forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5))
    const twice = tensor([2, ...shape.slice(1)], [...picture.map(() => 0), ...picture])
    expect(edgeMap(twice, 1)).toEqual(edgeMap(tensor(shape, picture), 0))
    expect(edgeMap(twice, 0).every((value) => value === 0)).toBe(true)
  })

  it('are 1 beside themselves whatever the sign, and near 0 beside noise', () => {
    expect(edgeSimilarity(edges, input, 1)).toBe(1)
    const turned = tensor(
      input.shape,
      edges.data.map((value, i) => (i % 3 === 0 ? -value : value))
    )
    expect(edgeSimilarity(turned, input, 1)).toBe(1)
    expect(Math.abs(edgeSimilarity({ shape: input.shape, data: noise() }, input, 0)!)).toBeLessThan(0.25)
  })

  it('sum the channels of a map before its magnitude is taken', () => {
    const both = tensor(
      [1, 2, side, side],
      [...edges.data.slice(0, 256).map((value) => 3 * value), ...edges.data.slice(0, 256).map((value) => -2 * value)]
    )
    const first = tensor([1, 1, side, side], input.data.slice(0, 256))
    expect(edgeSimilarity(both, first, 0)).toBeCloseTo(1, 3)
  })

  it('leave flat ground out: there a map of ink is 0 as they are', () => {
    // A drawing on the left half; a map that is noise on the ink, 0 elsewhere.
    const ink = tensor(
      [1, 1, 24, 24],
      Float32Array.from({ length: 576 }, (_, i) => (i % 24 < 12 ? random.normal() : 0))
    )
    const map = tensor(ink.shape, ink.data.map((value) => (value === 0 ? 0 : random.normal()))) // prettier-ignore
    const [all, edgesOfInk] = [map.data.map(Math.abs), edgeMap(ink, 0)]
    expect(spearman(all, edgesOfInk)).toBeGreaterThan(0.6)
    expect(Math.abs(edgeSimilarity(map, ink, 0)!)).toBeLessThan(0.3)
  })

  it('say nothing of what is no picture, of maps elsewhere, and of few pixels', () => {
    expect(edgeSimilarity(edges, tensor([2, 256], input.data), 0)).toBeUndefined()
    expect(edgeSimilarity(tensor([2, 256], edges.data), input, 0)).toBeUndefined()
    expect(edgeSimilarity(tensor([2, 1, 8, 32], edges.data), input, 0)).toBeUndefined()
    const small = tensor([1, 1, 9, 11], input.data.slice(0, 99))
    expect(edgeSimilarity(tensor(small.shape, edgeMap(small, 0)), small, 0)).toBeUndefined()
    const flat = tensor([1, 1, side, side], new Float32Array(256))
    expect(edgeSimilarity(flat, flat, 0)).toBeUndefined()
  })

  it('ring an alarm above the threshold, with the figure, for the example that it is about', () => {
    const mixed = (share: number) => tensor([2, 1, side, side], [...noise().slice(0, 256), ...edges.data.slice(256).map((value) => value + share * random.normal())]) // prettier-ignore
    const notes = edgeNotes(mixed(0), input)
    expect(notes).toEqual([
      { code: 'like-edges', example: 1, message: expect.stringMatching(/example 1 follows the edges.*correlation 1\.00, above 0\.4/) as unknown } // prettier-ignore
    ])
    for (const share of [1, 4, 8, 16]) {
      const map = mixed(share)
      const rings = edgeNotes(map, input).length > 0
      expect(rings).toBe(edgeSimilarity(map, input, 1)! > edgeThreshold)
    }
    expect(edgeNotes(mixed(1000), input)).toEqual([])
  })

  it("are compared with every method's map, and in a competition with the map before it", async () => {
    const one = tensor([1, 1, side, side], input.data.slice(0, 256))
    const detector: Method = {
      name: 'detector',
      attribute: async ({ targets }) => {
        const maps = targets[0]!.map((label) => edges.data.slice(0, 256).map((value, i) => (i % 3 === label ? 1 : 0.9) * value)) // prettier-ignore
        return tensor([maps.length, 1, 1, side, side], maps.flatMap((map) => [...map])) // prettier-ignore
      }
    }
    const { session } = linearSession(
      [0, 1, 2].map(() => [...noise().slice(0, 256)]),
      [1, side, side]
    )
    const codes = async (method: Method) => (await explain(session, one, method)).notes.map(({ code }) => code)
    expect(await codes(detector)).toEqual(['like-edges'])
    expect(await codes(competitive(detector))).toEqual(['labels-alike', 'like-edges'])
    expect(await codes(competitive(timesInput()))).toEqual([])
    const kept = (await explain(session, one, competitive(detector))).attribution
    expect(edgeSimilarity(kept, one, 0)!).toBeLessThan(edgeThreshold)
  })
})
