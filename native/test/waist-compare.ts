import type { Contest, ContestOptions, PassOptions, PerExample, Plan, Session, Tensor } from '@agon/core'
import { expect } from 'vitest'
import { sameBits } from './helpers.js'
import { peak } from './random-graphs-contest.js'

export type Options = PassOptions & ContestOptions

/** Decisions seen, and those that were made differently. */
export interface Tally {
  decisions: number
  differing: number
}

/** Largest difference of a value, and lead below which a decision may differ, relative to the largest value of the contest. */
const tolerance = 1e-5

const values = ['best', 'runnerUp', 'worst', 'runnerDown'] as const

/** The same values within rounding, and the same decisions, near ties apart. */
export function expectClose(found: Contest, expected: Contest, tally: Tally): void {
  const scale = Math.max(...values.map((name) => peak(expected[name])), peak(expected.maps.data)) || 1
  const compare = (what: string, a: Float32Array, b: Float32Array) =>
    expect(peak(a.map((value, i) => value - b[i]!)) / scale, what).toBeLessThan(tolerance)
  for (const name of values) compare(name, found[name], expected[name])
  expect(found.maps.shape).toEqual(expected.maps.shape)
  compare('maps', found.maps.data, expected.maps.data)
  const decide = (own: Int32Array, wanted: Int32Array, first: Float32Array, second: Float32Array) => {
    tally.decisions += wanted.length
    wanted.forEach((label, i) => {
      if (own[i] === label) return
      tally.differing++
      expect(Math.abs(first[i]! - second[i]!) / scale, `lead of label ${label} over ${own[i]}`).toBeLessThan(tolerance)
    })
  }
  decide(found.bestLabel, expected.bestLabel, expected.best, expected.runnerUp)
  decide(found.worstLabel, expected.worstLabel, expected.worst, expected.runnerDown)
}

/** The same bits of everything. */
export function expectSame(found: Contest, expected: Contest): void {
  for (const name of [...values, 'bestLabel', 'worstLabel'] as const)
    expect(sameBits(found[name], expected[name]), name).toBe(true)
  expect(sameBits(found.maps.data, expected.maps.data), 'maps').toBe(true)
}

/** A contest and how it was carried out. */
export async function planned(
  session: Session,
  input: Tensor,
  labels: PerExample,
  options: Options = {}
): Promise<{ readonly contest: Contest; readonly plan: Plan }> {
  let plan: Plan | undefined
  const contest = await session.contest(input, labels, { ...options, onPlan: (told) => (plan = told) })
  expect(plan).toBeDefined()
  return { contest, plan: plan! }
}

export function hasWay(plan: Plan, way: string): boolean {
  return plan.layers.some((layer) => layer.way === way)
}
