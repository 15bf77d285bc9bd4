import {
  createFold,
  example,
  minusBaseline,
  multiply,
  sumAxis,
  type Contest,
  type ContestOptions,
  type PerExample,
  type Session,
  type Tensor
} from '@agon/core'
import { expect } from './expect.js'
import type { TinyModel } from '../tiny-models.js'
import type { Checks } from './check.js'
import { bits, inputFor, randomTensor, withSession, type Subject } from './subject.js'

/** A contest is the fold of the engine's own gradients, bit for bit, whatever the chunks and the batch. */
export function contestChecks(
  { check }: Checks,
  { engine }: Subject,
  models: readonly TinyModel[],
  budgets: readonly number[]
): void {
  for (const tiny of models) {
    const { model } = tiny
    const input = inputFor(tiny, 2)
    const labels = orders(tiny.labels)
    const maps = labels.map((ofExample) => ofExample.slice(1, 3))

    for (const [what, options] of variants(tiny)) {
      check(`${model.name}: contest (${what}) is the fold of the gradients, bit for bit`, async () => {
        await withSession(engine, model, async (session) => {
          const own = await session.contest(input, labels, { ...options, maps })
          expectSame(own, await foldOf(session, input, labels, { ...options, maps }))
        })
      })
    }

    check(`${model.name}: contests and gradients do not depend on the memory budget`, async () => {
      await withSession(engine, model, async (session) => {
        const seeds = { labels }
        const [contest, gradients] = [await session.contest(input, labels, { maps }), await session.vjp(input, seeds)]
        for (const memory of budgets) {
          expectSame(await session.contest(input, labels, { maps, memory }), contest)
          expect(bits((await session.vjp(input, seeds, { memory })).data)).toEqual(bits(gradients.data))
        }
      })
    })

    check(`${model.name}: an example's contest does not depend on the rest of the batch`, async () => {
      await withSession(engine, model, async (session) => {
        const both = await session.contest(input, labels, { multiply: 'input' })
        for (const n of [0, 1]) {
          const alone = await session.contest(example(input, n), [labels[n]!], { multiply: 'input' })
          const size = alone.best.length
          expect(bits(alone.best)).toEqual(bits(both.best.subarray(n * size, (n + 1) * size)))
          expect([...alone.bestLabel]).toEqual([...both.bestLabel.subarray(n * size, (n + 1) * size)])
        }
      })
    })
  }
}

/** Two examples whose labels come in different orders. */
function orders(labels: number): number[][] {
  const ascending = Array.from({ length: labels }, (_, label) => label)
  return [ascending, ascending.toReversed()]
}

function variants({ inputShape }: TinyModel): readonly (readonly [string, ContestOptions])[] {
  const baseline = randomTensor(inputShape, 9)
  const plain: readonly (readonly [string, ContestOptions])[] = [
    ['gradient', {}],
    ['gradient times logit', { scale: 'logit' }],
    ['gradient (.) input', { multiply: 'input' }],
    ['gradient (.) (input - baseline)', { multiply: 'input-minus-baseline', baseline }],
    ['gradient (.) (input - nothing)', { multiply: 'input-minus-baseline' }]
  ]
  const summed = inputShape
    .slice(1)
    .flatMap((_, i) =>
      plain.map(([what, options]) => [`${what}, axis ${i + 1} summed`, { ...options, sumAxis: i + 1 }] as const)
    )
  return [...plain, ...summed]
}

/** The contest by hand: gradients of the same session, multiplied, summed and folded one label at a time. */
async function foldOf(session: Session, input: Tensor, labels: PerExample, options: ContestOptions): Promise<Contest> {
  const { scale = 'one', multiply: by = 'none', baseline, sumAxis: axis, maps } = options
  const gradients = await session.vjp(input, { labels, scale })
  const factor = by === 'none' ? undefined : by === 'input' ? input : minusBaseline(input, baseline)
  const shape = input.shape.map((extent, i) => (i === axis ? 1 : extent))
  const fold = createFold(shape, labels, maps)
  const size = input.data.length / input.shape[0]!
  labels.forEach((ofExample, n) => {
    ofExample.forEach((label, l) => {
      const from = (l * input.shape[0]! + n) * size
      const gradient = gradients.data.subarray(from, from + size)
      const map = factor ? multiply(gradient, example(factor, n).data) : gradient
      fold.add(
        n,
        label,
        axis === undefined ? map : sumAxis({ shape: [1, ...input.shape.slice(1)], data: map }, axis).data
      )
    })
  })
  return fold.finish()
}

function expectSame(a: Contest, b: Contest): void {
  expect(a.shape).toEqual(b.shape)
  expect(a.labels).toEqual(b.labels)
  expect(a.mapLabels).toEqual(b.mapLabels)
  expect(a.maps.shape).toEqual(b.maps.shape)
  for (const key of ['best', 'runnerUp', 'worst', 'runnerDown'] as const) expect(bits(a[key])).toEqual(bits(b[key]))
  for (const key of ['bestLabel', 'worstLabel'] as const) expect([...a[key]]).toEqual([...b[key]])
  expect(bits(a.maps.data)).toEqual(bits(b.maps.data))
}
