import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AgonError } from '@agon/core'
import { testSimilarity } from '@agon/testing/suites'
import { describe, expect, it } from 'vitest'
import { similarities, topIntersection } from '../src/index.js'
import { formulaMap } from './formula-maps.js'

const pictureOnly = ['ssim-uniform', 'ssim-gaussian', 'hog-pearson', 'hog-spearman']

for (const similarity of similarities) {
  const { name } = similarity
  // A top must be large enough for a small change to alter it.
  const large = [[1, 50, 60], [3, 48, 50], [3000]]
  const shapes = pictureOnly.includes(name) ? large.slice(0, 2) : name.startsWith('top-') ? large : undefined
  testSimilarity(similarity, shapes ? { shapes } : {})
}
testSimilarity(topIntersection({ count: 100 }), { shapes: [[1, 40, 40]] })

/** Value of two maps of 48x48 pixels. */
function value(name: string, a: Float32Array, b: Float32Array): number {
  return similarities.get(name).compare(a, b, [1, 48, 48])
}
const shape = [1, 48, 48]
const filled = (of: number): Float32Array => new Float32Array(48 * 48).fill(of)
const [noise, other] = [formulaMap(['noise', 1], shape), formulaMap(['noise', 2], shape)]
const orders = ['spearman', 'spearman-nonzero', 'spearman-nonzero-either', 'pearson']
const hogs = ['hog-pearson', 'hog-spearman']

describe('a map and itself', () => {
  const maps = ['noise', 'ties', 'sparse', 'blobs', 'large', 'tiny', 'checks', 'constant', 'zero', 'one']
  it.each(similarities.names)('have exactly the best value by %s', (name) => {
    const { direction, range } = similarities.get(name)
    const best = direction === 'higher' ? range[1] : range[0]
    for (const kind of maps) {
      const map = formulaMap([kind, 3], shape)
      expect(value(name, map, map.slice()), kind).toBe(best)
    }
  })
})

describe('where a measure is not defined', () => {
  it('one constant map has nothing in common with another map', () => {
    for (const constant of [filled(0), filled(0.3), filled(-7)]) {
      for (const name of ['spearman', 'spearman-nonzero-either', 'pearson', ...hogs]) {
        expect(value(name, constant, noise), name).toBe(0)
      }
      for (const name of ['top-5-percent', 'top-10-percent']) {
        const k = Math.round((48 * 48 * Number(name.split('-')[1])) / 100)
        expect(value(name, constant, noise), name).toBeCloseTo(k / (48 * 48), 12)
      }
    }
    expect(value('cosine', filled(0), noise)).toBe(0)
    expect(value('spearman-nonzero', filled(0), noise)).toBe(0)
    for (const name of ['ssim-uniform', 'ssim-gaussian'])
      expect(Math.abs(value(name, filled(0), noise))).toBeLessThan(0.1)
  })

  it('constant maps are alike but for their level, where that counts', () => {
    for (const name of ['spearman', 'spearman-nonzero', 'pearson', ...hogs])
      expect(value(name, filled(0.1), filled(3)), name).toBe(1)
    expect(value('spearman-nonzero', filled(0), filled(3))).toBe(0)
    expect(value('cosine', filled(1), filled(3))).toBe(1)
    expect(value('cosine', filled(0), filled(3))).toBe(0)
    expect(value('top-5-percent', filled(0), filled(3))).toBe(1)
    expect(value('euclidean', filled(1), filled(3))).toBeCloseTo(96, 9)
    // (2 m_a m_b + C1) / (m_a^2 + m_b^2 + C1) with R = 2, C1 = 0.0004.
    expect(value('ssim-uniform', filled(1), filled(3))).toBeCloseTo(6.0004 / 10.0004, 9)
    expect(value('ssim-gaussian', filled(0), filled(3))).toBeCloseTo(0.0009 / 9.0009, 9)
  })

  it('maps that share no element or one have no order', () => {
    const at = (...places: number[]): Float32Array => filled(0).map((_, i) => (places.includes(i) ? i + 1 : 0))
    expect(value('spearman-nonzero', at(1, 2), at(3, 4))).toBe(0)
    expect(value('spearman-nonzero', at(1, 2), at(2, 3))).toBe(0)
    expect(value('spearman-nonzero', at(1, 2, 5), at(0, 1, 2, 5))).toBe(1)
    expect(value('spearman-nonzero-either', at(1), filled(0))).toBe(0)
  })
})

describe('signs, sizes and places', () => {
  it('an opposite map is opposite for what is signed, and the same for unsigned gradients', () => {
    const opposite = noise.map((each) => -each)
    for (const name of [...orders, 'cosine']) expect(value(name, noise, opposite), name).toBe(-1)
    for (const name of hogs) expect(value(name, noise, opposite), name).toBe(1)
  })

  it('a large mean costs SSIM no digits', () => {
    const [a, b] = [noise, other].map((map) => map.map((each) => 2 ** 20 + Math.round(each * 8)))
    const [c, d] = [noise, other].map((map) => map.map((each) => Math.round(each * 8)))
    // Where the mean is far larger than the range, the factor of the means is 1 and the rest does not depend on it.
    const far = [a, b].map((map) => map!.map((each) => each + 2 ** 22))
    for (const name of ['ssim-uniform', 'ssim-gaussian']) {
      expect(value(name, a!, b!)).toBeCloseTo(value(name, far[0]!, far[1]!), 9)
      expect(value(name, a!, b!)).not.toBeCloseTo(value(name, c!, d!), 3)
    }
  })

  it('sparse maps of unrelated sizes: 0 by what both keep, far below 0 by what either keeps', () => {
    const sparse = [5, 6].map((seed) => formulaMap(['sparse', seed], [1, 200, 200]).map(Math.abs)) as [
      Float32Array,
      Float32Array
    ]
    const by = (name: string): number => similarities.get(name).compare(...sparse, [1, 200, 200])
    expect(Math.abs(by('spearman-nonzero'))).toBeLessThan(0.08)
    expect(by('spearman-nonzero-either')).toBeLessThan(-0.5)
  })

  it('tops are counted, and their edges shared', () => {
    const top2 = (a: number[], b: number[]): number =>
      topIntersection({ count: 2 }).compare(Float32Array.from(a), Float32Array.from(b), [a.length])
    expect(top2([4, 3, 2, 1], [4, 3, 0, 0])).toBe(1)
    expect(top2([4, 3, 2, 1], [4, 0, 0, 3])).toBe(0.5)
    expect(top2([4, 3, -9, -8], [0, 0, 9, 8])).toBe(0)
    // The second place of b is shared by three elements, one of which is in a's top.
    expect(top2([4, 3, 2, 1], [9, 5, 5, 5])).toBeCloseTo((1 + 1 / 3) / 2, 12)
    expect(top2([5, 5, 5, 0], [7, 7, 7, 7])).toBeCloseTo((3 * 0.5) / 2, 12)
    const all = (): number => top2([1, 2], [2, 1])
    expect(all).toThrow(/more than 2 elements, found \[2\]/)
    for (const top of [{ percent: 0 }, { percent: 100 }, { percent: NaN }, { count: 1.5 }, { count: 0 }]) {
      expect(() => topIntersection(top)).toThrow(AgonError)
    }
    expect(topIntersection({ percent: 0.5 }).name).toBe('top-0-5-percent')
  })
})

describe('what no similarity can judge', () => {
  it.each(similarities.names)('is refused by %s', (name) => {
    const refused = (a: Float32Array, b: Float32Array, of: readonly number[], code: string): void =>
      expect(() => similarities.get(name).compare(a, b, of)).toThrow(expect.objectContaining({ code }) as Error)
    refused(noise, other.slice(1), shape, 'AGON_BAD_INPUT')
    refused(noise, other, [1, 48, 47], 'AGON_BAD_INPUT')
    refused(new Float32Array(0), new Float32Array(0), [1, 0, 48], 'AGON_BAD_INPUT')
    const broken = noise.with(7, Infinity)
    refused(noise, broken, shape, 'AGON_NOT_FINITE')
    refused(broken.with(7, NaN), other, shape, 'AGON_NOT_FINITE')
  })

  it.each(pictureOnly)('%s takes no maps but pictures that are large enough', (name) => {
    const side = name.startsWith('hog') ? 48 : name === 'ssim-gaussian' ? 11 : 5
    const map = (size: number): Float32Array => noise.slice(0, size)
    for (const of of [[48], [48, 48], [1, side - 1, 48], [1, 48, side - 1]]) {
      const size = of.reduce((product, extent) => product * extent, 1)
      const expected = new RegExp(
        `maps for ${name}: expected a picture .* at least ${side}x${side} pixels, found \\[${of}\\]`
      )
      expect(() => similarities.get(name).compare(map(size), map(size), of)).toThrow(expected)
    }
    expect(similarities.get(name).compare(map(side * 48), map(side * 48), [1, side, 48])).toBe(1)
  })
})

describe('the registry', () => {
  const folder = join(import.meta.dirname, '..', 'src', 'similarity')
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'similarities.md'), 'utf8')

  it('names every file that defines a similarity', () => {
    const defining = readdirSync(folder).filter((file) =>
      /^export const \w+ = (defineSimilarity|definePictureSimilarity|topIntersection)\(/m.test(
        readFileSync(join(folder, file), 'utf8')
      )
    )
    const files = similarities.names.map((name) => (name.startsWith('top-') ? 'top-intersection.ts' : `${name}.ts`))
    expect([...new Set(files)].sort()).toEqual(defining.sort())
  })

  it.each(similarities.names)('%s has a source, a formula and a row in the page', (name) => {
    const { cite, formula } = similarities.get(name)
    expect(cite.length).toBeGreaterThan(10)
    expect(formula?.length).toBeGreaterThan(10)
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\``))
    expect(row?.split('|').length).toBe(
      page
        .split('\n')
        .find((line) => line.startsWith('| name'))!
        .split('|').length
    )
  })
})
