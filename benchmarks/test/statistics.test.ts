import { describe, expect, it } from 'vitest'
import { cost, line, median, timing } from '../src/statistics.js'
import { pointOf, systemOf } from './records.js'

describe('statistics', () => {
  it('takes medians of odd and even counts, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 3, 2])).toBe(2.5)
    expect(median([7])).toBe(7)
  })

  it('tells how far samples are apart, relative to the median of the processor seconds', () => {
    const samples = [1, 2, 4].map((core_s) => ({ core_s, wall_s: 10 * core_s }))
    expect(timing(samples)).toEqual({ core_s: 2, wall_s: 20, samples: 3, spread: 1.5 })
  })
})

describe('fixed cost and slope', () => {
  const system = systemOf('s', pointOf(64, 1.64, 0.84), pointOf(100, 9), pointOf(192, 2.92, 1.48))

  it('go through the two points of the pair and no other', () => {
    expect(line(system, [64, 192], 'core_s')!.slope).toBeCloseTo(0.01, 12)
    expect(line(system, [64, 192], 'core_s')!.fixed).toBeCloseTo(1, 12)
    expect(line(system, [64, 192], 'wall_s')!.slope).toBeCloseTo(0.005, 12)
  })

  it('are unknown without both points', () => {
    expect(line(system, [64, 128], 'core_s')).toBeUndefined()
    expect(line(system, [64, 64], 'core_s')).toBeUndefined()
  })

  it('stand in for a count that was not run, and say so', () => {
    expect(cost(system, [64, 192], 100, 'core_s')).toEqual({ seconds: 9, estimated: false })
    const estimate = cost(system, [64, 192], 1000, 'core_s')!
    expect(estimate.estimated).toBe(true)
    expect(estimate.seconds).toBeCloseTo(11, 12)
    expect(cost(systemOf('one', pointOf(4, 1)), [4, 4], 10, 'core_s')).toBeUndefined()
  })
})
