import {
  createRandom,
  sizeOf,
  type Contest,
  type ContestOptions,
  type Engine,
  type Model,
  type PassOptions,
  type PerExample,
  type Plan,
  type Session,
  type Tensor,
  type Way
} from '@agon/core'
import { expect } from 'vitest'
import { randomTensor, range, sameBits } from './helpers.js'
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

export function hasWay(plan: Plan, way: Way): boolean {
  return plan.layers.some((layer) => layer.way === way)
}

/** Options of the contest number `i`: every multiplier, elements and sums over every axis. */
export function optionsOf(shape: readonly number[], i: number): Options {
  const axis = i % shape.length
  return {
    multiply: (['none', 'input', 'input-minus-baseline'] as const)[i % 3]!,
    ...(i % 3 === 2 && { baseline: randomTensor([1, ...shape.slice(1)], i) }),
    ...(axis > 0 && { sumAxis: axis }),
    scale: i % 5 === 4 ? 'logit' : 'one'
  }
}

/** Runs a contest of all labels, each example's in an order of its own, without a way and with it. True if it was taken. */
export async function compareWay(
  way: Way,
  without: Engine,
  having: Engine,
  model: Model,
  input: Tensor,
  options: Options,
  tally: Tally
): Promise<boolean> {
  const count = sizeOf(model.outputs[0]!.shape.slice(1).map(Number))
  const labels = range(input.shape[0]!).map((n) => createRandom(n).permutation(count))
  const maps = labels.map((ofExample) => [ofExample.at(-1)!, ofExample[0]!])
  const [plain, other] = [await without.load(model), await having.load(model)]
  const expected = await planned(plain, input, labels, { ...options, maps })
  const found = await planned(other, input, labels, { ...options, maps })
  plain.dispose()
  other.dispose()
  expect(hasWay(expected.plan, way)).toBe(false)
  expectClose(found.contest, expected.contest, tally)
  return hasWay(found.plan, way)
}
