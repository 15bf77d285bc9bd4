import { copyBatches } from '@agon/core'
import { describe, expect, it } from 'vitest'

const placesOf = (counts: readonly number[], bytes: number, budget: number): string[] =>
  [
    ...copyBatches(
      counts.map((count) => ({ count })),
      bytes,
      budget
    )
  ].map((batch) => batch.map(({ n, k }) => `${n}.${k}`).join(' '))

describe('copyBatches', () => {
  it('fills the budget, across examples, in their order', () => {
    expect(placesOf([3, 0, 4], 10, 39)).toEqual(['0.0 0.1 0.2', '2.0 2.1 2.2', '2.3'])
    expect(placesOf([3, 4], 10, 20)).toEqual(['0.0 0.1', '0.2 1.0', '1.1 1.2', '1.3'])
  })
  it('takes one copy where none would fit, and 64 where more would', () => {
    expect(placesOf([2], 10, 0)).toEqual(['0.0', '0.1'])
    const sizes = [...copyBatches([{ count: 100 }, { count: 30 }], 1, 1e9)].map(({ length }) => length)
    expect(sizes).toEqual([64, 64, 2])
  })
  it('makes no batch of nothing', () => {
    expect(placesOf([], 1, 9)).toEqual([])
    expect(placesOf([0, 0], 1, 9)).toEqual([])
  })
})
