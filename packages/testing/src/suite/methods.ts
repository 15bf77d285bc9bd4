import {
  attribute,
  competitive,
  createRandom,
  example,
  explain,
  sizeOf,
  type Attributed,
  type Engine,
  type ExplainOptions,
  type Method,
  type MethodContext,
  type Session,
  type Tensor
} from '@agon/core'
import { expect } from 'vitest'
import type { TinyModel } from '../tiny-models.js'
import type { MethodFactory } from '../test-method.js'
import type { Checks } from './check.js'
import { allLabels, bits, inputFor, rejection, withSession } from './subject.js'

/** What a method must be, whatever the network. */
export function definitionChecks({ check }: Checks, factory: MethodFactory, make: () => Method): void {
  check('has a name and a source', () => {
    expect(make().name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*\+*$/)
    expect(make().cite ?? '').not.toBe('')
  })

  check('is one backward pass or a program', () => {
    expect(make().pass !== undefined || make().attribute !== undefined).toBe(true)
  })

  check('refuses a misspelled option', async () => {
    const misspelled = { noSuchOption: 1 } as never
    expect(await rejection(Promise.resolve().then(() => factory(misspelled)))).toBe('AGON_BAD_OPTION')
  })
}

/** One method on one network. */
interface Trial {
  readonly make: () => Method
  readonly tiny: TinyModel
  readonly engine: Engine
}

/** What its maps must be on one network. */
export function mapChecks({ check }: Checks, trial: Trial): void {
  const { name } = trial.tiny.model
  check(`${name}: maps have the input's shape and finite values`, () => shapeAndValues(trial))
  check(`${name}: the same seed gives the same bits, and the input is not written to`, () => sameBits(trial))
  check(`${name}: an example's map does not depend on the rest of the batch`, () => batchOfThree(trial))
  check(`${name}: several targets at once are each target on its own`, () => severalTargets(trial))
  check(`${name}: stops when it is aborted`, async () => {
    expect(await rejection(run(trial, { signal: AbortSignal.abort() }))).toBe('AbortError')
  })
  check(`${name}: in a competition it keeps its own values or nothing`, () => competition(trial))
}

/** Explains the top label of every example of `input`, by default three of them. */
function run(trial: Trial, options: ExplainOptions = {}, input = inputFor(trial.tiny, 3), method = trial.make()) {
  const { engine, tiny } = trial
  return withSession(engine, tiny.model, (session) => explain(session, input, method, { seed: 11, ...options }))
}

async function shapeAndValues(trial: Trial): Promise<void> {
  const { attribution } = await run(trial)
  const { shape } = inputFor(trial.tiny, 3)
  const summed = attribution.shape.filter((extent, axis) => extent !== shape[axis])
  expect(attribution.shape.length).toBe(shape.length)
  expect(summed.every((extent) => extent === 1) && summed.length <= 1).toBe(true)
  expect(attribution.data.length).toBe(sizeOf(attribution.shape))
  expect(attribution.data.every(Number.isFinite)).toBe(true)
}

async function sameBits(trial: Trial): Promise<void> {
  const input = inputFor(trial.tiny, 3)
  const before = bits(input.data)
  const [once, again] = [await run(trial, {}, input), await run(trial, {}, input)]
  expect(bits(once.attribution.data)).toEqual(bits(again.attribution.data))
  expect(bits(input.data)).toEqual(before)
}

/** A random method draws by the example's place in the batch, so only the first place can be compared. */
async function batchOfThree(trial: Trial): Promise<void> {
  const together = (await run(trial)).attribution
  const other = (await run(trial, { seed: 12 })).attribution
  const random = bits(together.data).join() !== bits(other.data).join()
  for (const n of random ? [0] : [0, 1, 2]) {
    const alone = (await run(trial, {}, example(inputFor(trial.tiny, 3), n))).attribution
    expect(bits(alone.data)).toEqual(bits(example(together, n).data))
  }
}

async function severalTargets({ engine, tiny, make }: Trial): Promise<void> {
  const input = inputFor(tiny, 3)
  const targets = [0, 1, 2].map((n) => [n, tiny.labels - 1, 0])
  await withSession(engine, tiny.model, async (session) => {
    const { attribution } = await attributed(session, make(), input, targets)
    expect(attribution.shape.slice(0, 2)).toEqual([3, 3])
    for (let l = 0; l < 3; l++) {
      const own = targets.map((ofExample) => [ofExample[l]!])
      const alone = await attributed(session, make(), input, own)
      expect(bits(alone.attribution.data)).toEqual(bits(example(attribution, l).data))
    }
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

async function attributed(session: Session, method: Method, input: Tensor, targets: number[][]): Promise<Attributed> {
  const logits = await session.forward(input)
  const context: MethodContext = {
    session,
    input,
    logits,
    targets,
    contestants: allLabels(logits.data.length / input.shape[0]!, input.shape[0]!),
    random: createRandom(11),
    note: () => undefined
  }
  return attribute(method, context)
}
