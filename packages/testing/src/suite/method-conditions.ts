import { competitive } from '@agon/core'
import { smoothGrad } from '@agon/methods'
import type { Checks } from './check.js'
import { expect } from './expect.js'
import { attributed, isRandom, run, type Trial } from './methods.js'
import { bits, inputFor, rejection, withSession } from './subject.js'

/** What a method's maps must be under a byte budget, an abort, and inside other methods. */
export function conditionChecks({ check }: Checks, trial: Trial, budgets: readonly number[]): void {
  const { name } = trial.tiny.model
  check(`${name}: maps do not depend on the byte budget`, () => sameForBudgets(trial, budgets))
  check(`${name}: stops when it is aborted`, () => aborted(trial))
  check(`${name}: in a competition it keeps its own values or nothing`, () => competition(trial))
  check(`${name}: SmoothGrad without noise gives its own map`, () => withoutNoise(trial))
}

async function sameForBudgets(trial: Trial, budgets: readonly number[]): Promise<void> {
  const { attribution } = await run(trial)
  for (const memory of budgets) {
    expect(bits((await run(trial, { memory })).attribution.data)).toEqual(bits(attribution.data))
  }
}

/** The method itself is given the signal: `explain` around it would stop before it began. */
async function aborted({ engine, tiny, make }: Trial): Promise<void> {
  const input = inputFor(tiny, 2)
  await withSession(engine, tiny.model, async (session) => {
    const run = attributed(session, make(), input, [[0], [1]], AbortSignal.abort())
    expect(await rejection(run)).toBe('AbortError')
  })
}

async function competition(trial: Trial): Promise<void> {
  const { attribution, contest } = await run(trial)
  if (contest !== undefined) {
    attribution.data.forEach((value, i) => expect([0, contest.best[i], contest.worst[i]]).toContain(value))
    return
  }
  const wrapped = competitive(trial.make(), { granularity: 'element' })
  const kept = (await run(trial, {}, inputFor(trial.tiny, 3), wrapped)).attribution.data
  kept.forEach((value, i) => expect([0, attribution.data[i]]).toContain(value))
  expect(kept.some((value) => value !== 0)).toBe(true)
}

/** Of a random method only the shape is known beforehand, for every copy has a stream of its own. */
async function withoutNoise(trial: Trial): Promise<void> {
  const { attribution: own } = await run(trial)
  const wrapped = smoothGrad({ base: trial.make(), samples: 2, sigma: 0 })
  const { attribution } = await run(trial, {}, inputFor(trial.tiny, 3), wrapped)
  expect(attribution.shape).toEqual(own.shape)
  if (await isRandom(trial)) return
  const differing = attribution.data.findIndex((value, i) => value !== own.data[i])
  expect(differing).toBe(-1)
}
