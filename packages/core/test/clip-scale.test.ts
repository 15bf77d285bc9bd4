import { describe, expect, it } from 'vitest'
import { clipScale, createRandom } from '../src/index.js'

/** As NumPy's percentile defines it, by sorting. */
function bySorting(values: Float32Array, percentile: number): number {
  const sizes = [...values.filter((value) => value !== 0).map(Math.abs)].sort((a, b) => a - b)
  const rank = (percentile / 100) * (sizes.length - 1)
  const [below, above] = [sizes[Math.floor(rank)]!, sizes[Math.min(Math.floor(rank) + 1, sizes.length - 1)]!]
  return sizes.length === 0 ? 0 : below + (above - below) * (rank - Math.floor(rank))
}

describe('clipScale', () => {
  it('is the percentile of the sorted sizes, to the bit, with ties, zeros and few values', () => {
    const random = createRandom(1)
    for (let round = 0; round < 300; round++) {
      const kinds = [() => 0, () => random.integer(3) - 1, () => random.normal()]
      const values = Float32Array.from({ length: random.integer(40) }, () => kinds[random.integer(3)]!())
      const before = values.slice()
      for (const percentile of [1, 37.3, 50, 99, 100]) {
        expect(clipScale(values, percentile)).toBe(bySorting(values, percentile))
      }
      expect(values).toEqual(before)
    }
  })
})
