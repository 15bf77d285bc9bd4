import {
  attribute,
  createRandom,
  example,
  explain,
  sizeOf,
  type Attributed,
  type Engine,
  type ExplainOptions,
  type Explanation,
  type Method,
  type MethodContext,
  type Session,
  type Tensor
} from '@agon/core'
import { expect } from './expect.js'
import type { TinyModel } from '../tiny-models.js'
import type { MethodFactory } from '../test-method.js'
import type { Checks } from './check.js'
import { allLabels, bits, inputFor, rejection, withSession } from './subject.js'

/** What a method must be, whatever the network. */
export function definitionChecks({ check }: Checks, factory: MethodFactory, options: object | undefined): void {
  const make = () => factory(options as never)

  check('has a name and a source', () => {
    expect(make().name).toMatch(/^[a-z0-9]+\+*(-[a-z0-9]+\+*)*$/)
    expect((make().cite ?? '').length).toBeGreaterThan(0)
  })

  check('is one backward pass or a program', () => {
    expect(make().pass !== undefined || make().attribute !== undefined).toBe(true)
  })

  check('can be made without options', () => {
    expect(typeof factory().name).toBe('string')
  })

  check('says the value of every option', () => {
    for (const [name, value] of Object.entries(options ?? {})) {
      expect((make().options as Record<string, unknown> | undefined)?.[name]).toBe(value)
      expect(Object.keys(factory().options ?? {})).toContain(name)
    }
  })

  check('refuses a misspelled option', async () => {
    const misspelled = { noSuchOption: 1 } as never
    expect(await rejection(Promise.resolve().then(() => factory(misspelled)))).toBe('AGON_BAD_OPTION')
  })
}

/** One method on one network. */
export interface Trial {
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
}

/** Explains the top label of every example of `input`, by default three of them. */
export function run(
  trial: Trial,
  options: ExplainOptions = {},
  input = inputFor(trial.tiny, 3),
  method = trial.make()
): Promise<Explanation> {
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

/** One method, used twice with another input between. */
async function sameBits(trial: Trial): Promise<void> {
  const [input, other] = [inputFor(trial.tiny, 3), inputFor(trial.tiny, 3, 6)]
  const before = bits(input.data)
  const method = trial.make()
  const [once, between, again] = [
    await run(trial, {}, input, method),
    await run(trial, {}, other, method),
    await run(trial, {}, input, method)
  ]
  expect(bits(once.attribution.data)).toEqual(bits(again.attribution.data))
  expect(bits(between.attribution.data)).toEqual(bits((await run(trial, {}, other)).attribution.data))
  expect(bits(input.data)).toEqual(before)
}

/** A random method draws by the example's place in the batch, so only the first place can be compared. */
async function batchOfThree(trial: Trial): Promise<void> {
  const together = (await run(trial)).attribution
  for (const n of (await isRandom(trial)) ? [0] : [0, 1, 2]) {
    const alone = (await run(trial, {}, example(inputFor(trial.tiny, 3), n))).attribution
    expect(bits(alone.data)).toEqual(bits(example(together, n).data))
  }
}

/** Whether the maps depend on the seed. */
export async function isRandom(trial: Trial): Promise<boolean> {
  const [one, other] = [await run(trial), await run(trial, { seed: 12 })]
  return bits(one.attribution.data).join() !== bits(other.attribution.data).join()
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

/** What the method itself gives for targets `[N][L]`, without `explain` around it. */
export async function attributed(
  session: Session,
  method: Method,
  input: Tensor,
  targets: number[][],
  signal?: AbortSignal
): Promise<Attributed> {
  const logits = await session.forward(input)
  const context: MethodContext = {
    session,
    input,
    logits,
    targets,
    contestants: allLabels(logits.data.length / input.shape[0]!, input.shape[0]!),
    random: createRandom(11),
    ...(signal && { signal }),
    note: () => undefined
  }
  return attribute(method, context)
}
