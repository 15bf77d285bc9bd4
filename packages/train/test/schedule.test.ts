import { describe, expect, it } from 'vitest'
import { rateAt, type ScheduleName } from '../src/index.js'

const at = (schedule: ScheduleName, step: number, warmup = 0.25) => rateAt({ rate: 0.1, schedule, warmup }, step, 8)

describe('schedules of the rate', () => {
  it('constant', () => {
    expect([1, 5, 8].map((step) => at('constant', step))).toEqual([0.1, 0.1, 0.1])
  })

  it('cosine: from the rate to nothing, half of it halfway', () => {
    for (let step = 1; step <= 8; step++)
      expect(at('cosine', step)).toBeCloseTo(0.05 * (1 + Math.cos((Math.PI * (step - 0.5)) / 8)), 12)
    expect((at('cosine', 4) + at('cosine', 5)) / 2).toBeCloseTo(0.05, 12)
  })

  it('one-cycle: rises evenly over its first part, then falls as a cosine', () => {
    expect(at('one-cycle', 1)).toBeCloseTo(0.025, 12)
    expect(at('one-cycle', 2)).toBeCloseTo(0.075, 12)
    for (let step = 3; step <= 8; step++)
      expect(at('one-cycle', step)).toBeCloseTo(0.05 * (1 + Math.cos((Math.PI * (step - 2.5)) / 6)), 12)
    expect(at('one-cycle', 1, 0)).toBe(at('cosine', 1))
  })
})
