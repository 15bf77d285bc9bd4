import {
  attribute,
  competitive,
  createRandom,
  example,
  explain,
  type Attributed,
  type ExplainOptions,
  type Explanation,
  type Method,
  type MethodContext,
  type Session,
  type Tensor
} from '@agon/core'
import { expect } from 'vitest'
import type { TinyModel } from '../tiny-models.js'
import type { MethodFactory, MethodTestOptions } from '../test-method.js'
import type { Checks } from './check.js'
import { allLabels, bits, inputFor, rejection, withSession } from './subject.js'

/** What a method must be, whatever the network. */
export function definitionChecks({ check }: Checks, factory: MethodFactory, make: () => Method): void {
  check('has a name and a source', () => {
    expect(make().name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
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

/** What its maps must be on one network. */
export function mapChecks({ check }: Checks, make: () => Method, tiny: TinyModel, { engine }: MethodTestOptions): void {
  const { model, labels } = tiny
  const input = inputFor(tiny, 3)
  const run = (of: Tensor, method = make(), options: ExplainOptions = {}): Promise<Explanation> =>
    withSession(engine, model, (session) => explain(session, of, method, { seed: 11, ...options }))

  check(`${model.name}: maps have the input's shape and finite values`, async () => {
    const { attribution } = await run(input)
    expect(attribution.shape.length).toBe(input.shape.length)
    const summed = attribution.shape.filter((extent, axis) => extent !== input.shape[axis])
    expect(summed.every((extent) => extent === 1) && summed.length <= 1).toBe(true)
    expect(attribution.data.length).toBe(attribution.shape.reduce((size, extent) => size * extent, 1))
    expect(attribution.data.every(Number.isFinite)).toBe(true)
  })

  check(`${model.name}: the same seed gives the same bits, and the input is not written to`, async () => {
    const before = bits(input.data)
    const [once, again] = [await run(input), await run(input)]
    expect(bits(once.attribution.data)).toEqual(bits(again.attribution.data))
    expect(bits(input.data)).toEqual(before)
  })

  check(`${model.name}: an example's map does not depend on the rest of the batch`, async () => {
    const together = (await run(input)).attribution
    const random = bits(together.data).join() !== bits((await run(input, make(), { seed: 12 })).attribution.data).join()
    // A random method draws by the example's place in the batch, so only the first place can be compared.
    for (const n of random ? [0] : [0, 1, 2]) {
      const alone = (await run(example(input, n))).attribution
      expect(bits(alone.data)).toEqual(bits(example(together, n).data))
    }
  })

  check(`${model.name}: several targets at once are each target on its own`, async () => {
    await withSession(engine, model, async (session) => {
      const targets = [0, 1, 2].map((n) => [n, labels - 1, 0])
      const { attribution } = await attributed(session, make(), input, targets)
      expect(attribution.shape.slice(0, 2)).toEqual([3, 3])
      for (let l = 0; l < 3; l++) {
        const alone = await attributed(
          session,
          make(),
          input,
          targets.map((ofExample) => [ofExample[l]!])
        )
        expect(bits(alone.attribution.data)).toEqual(bits(example(attribution, l).data))
      }
    })
  })

  check(`${model.name}: stops when it is aborted`, async () => {
    expect(await rejection(run(input, make(), { signal: AbortSignal.abort() }))).toBe('AbortError')
  })

  check(`${model.name}: in a competition it keeps its own values or nothing`, async () => {
    const own = await run(input)
    const { contest } = own
    if (contest !== undefined) {
      own.attribution.data.forEach((value, i) => expect([0, contest.best[i], contest.worst[i]]).toContain(value))
      return
    }
    const kept = await run(input, competitive(make(), { granularity: 'element' }))
    kept.attribution.data.forEach((value, i) => expect([0, own.attribution.data[i]]).toContain(value))
    expect(kept.attribution.data.some((value) => value !== 0)).toBe(true)
  })
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
