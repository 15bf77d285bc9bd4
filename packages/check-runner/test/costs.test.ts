import { describe, expect, it } from 'vitest'
import { createBacklog, createCosts } from '../src/costs.js'
import type { Piece } from '../src/lines.js'

const cell = (method: string, draw: number): Piece => ({
  kind: 'cell',
  check: 'smprt',
  method,
  input: 'one',
  step: 1,
  draw
})
const score = (method: string): Piece => ({ kind: 'score', metric: 'change', method, input: 'one' })

describe('what is left', () => {
  it('is put together from what its parts took, until it has been timed itself', () => {
    const costs = createCosts()
    const backlog = createBacklog(costs, [cell('a', 0), cell('a', 1), cell('b', 0), score('a'), score('b')], 3)
    expect(backlog.seconds()).toBe(0)
    costs.took({ kind: 'map', method: 'a' }, 1)
    costs.took({ kind: 'map', method: 'b' }, 10)
    costs.took({ kind: 'compare', method: 'a' }, 0.5)
    costs.took({ kind: 'own', metric: 'change' }, 2)
    costs.took({ kind: 'maps', metric: 'change' }, 3)
    costs.took({ kind: 'repeats', check: 'smprt' }, 50)
    costs.took({ kind: 'load' }, 0.1)
    const [cellA, cellB, scoreA, scoreB] = [50 * 1 + 0.5, 50 * 10, 2 + 3 * 1, 2 + 3 * 10]
    expect(backlog.seconds()).toBeCloseTo(2 * cellA + cellB + scoreA + scoreB + 0.3, 9)
    costs.took({ kind: 'cell', check: 'smprt', method: 'a' }, 40)
    backlog.done(cell('a', 0))
    backlog.done(cell('a', 0))
    backlog.loaded()
    expect(backlog.pieces).toBe(4)
    expect(backlog.seconds()).toBeCloseTo(40 + cellB + scoreA + scoreB + 0.2, 9)
  })

  it('forgets the first of a kind, which was not warm, once there is another', () => {
    const costs = createCosts()
    const kind = { kind: 'map', method: 'a' } as const
    for (const [seconds, mean] of [
      [9, 9],
      [1, 1],
      [3, 2]
    ] as const) {
      costs.took(kind, seconds)
      expect(costs.of(kind)).toBe(mean)
    }
  })
})
