import { example, type Session, type Tensor } from '@agon/core'
import { expect } from './expect.js'
import { relativeError } from '../compare.js'
import type { TinyModel } from '../tiny-models.js'
import type { Checks } from './check.js'
import { allLabels, bits, inputFor, withSession, type Subject } from './subject.js'

/** Forward and backward passes of whole networks. */
export function passChecks({ check }: Checks, subject: Subject, models: readonly TinyModel[]): void {
  for (const tiny of models) {
    const { name, nodes } = tiny.model
    const input = inputFor(tiny, 2)
    const seeds = { labels: allLabels(tiny.labels, 2) }

    check(`${name}: logits and all gradients equal the oracle's`, () =>
      expectAlike(subject, tiny, async (session) => [await session.forward(input), await session.vjp(input, seeds)])
    )
    check(`${name}: every value of the graph can be read and differentiated at`, async () => {
      for (const value of nodes.flatMap(({ outputs }) => outputs)) {
        await expectAlike(subject, tiny, async (session) => [
          await session.forward(input, { at: value }),
          await session.vjp(input, seeds, { wrt: value })
        ])
      }
    })
    check(`${name}: an example's results do not depend on the rest of the batch`, () => batchOfThree(subject, tiny))
    if (tiny.homogeneous) {
      check(`${name}: the sum of gradient (.) input is the logit`, () => completeness(subject, tiny))
    }
  }
}

/** The engine's tensors have the oracle's shapes, and its values within 2e-5 of the largest. */
async function expectAlike(
  { engine, oracle }: Subject,
  { model }: TinyModel,
  run: (session: Session) => Promise<readonly Tensor[]>
): Promise<void> {
  const own = await withSession(engine, model, run)
  const expected = await withSession(oracle, model, run)
  own.forEach((tensor, i) => {
    expect(tensor.shape).toEqual(expected[i]!.shape)
    expect(relativeError(tensor.data, expected[i]!.data)).toBeLessThan(2e-5)
  })
}

async function batchOfThree({ engine }: Subject, tiny: TinyModel): Promise<void> {
  await withSession(engine, tiny.model, async (session) => {
    const three = inputFor(tiny, 3)
    const logits = await session.forward(three)
    const gradients = await session.vjp(three, { labels: allLabels(tiny.labels, 3) })
    for (let n = 0; n < 3; n++) {
      const one = example(three, n)
      expect(bits((await session.forward(one)).data)).toEqual(bits(example(logits, n).data))
      const alone = await session.vjp(one, { labels: allLabels(tiny.labels, 1) })
      expect(bits(alone.data)).toEqual(bits(ofExample(gradients, n)))
    }
  })
}

/** Euler: a function of degree 1 is the inner product of its gradient and its argument. */
async function completeness({ engine }: Subject, tiny: TinyModel): Promise<void> {
  await withSession(engine, tiny.model, async (session) => {
    const input = inputFor(tiny, 2)
    const labels = allLabels(tiny.labels, 2)
    const [logits, gradients] = [await session.forward(input), await session.vjp(input, { labels })]
    const pairs = labels.flatMap((ofExample, n) => ofExample.map((label) => [label, n] as const))
    const sums = pairs.map(([label, n]) => product(gradients, label, n, input))
    const wanted = pairs.map(([label, n]) => logits.data[n * tiny.labels + label]!)
    expect(relativeError(sums, wanted)).toBeLessThan(1e-5)
  })
}

/** The rows `[L, ...]` of example n out of `[L, N, ...]`. */
function ofExample({ shape, data }: Tensor, n: number): Float32Array {
  const [count, examples] = shape
  const size = data.length / count! / examples!
  const rows = Array.from({ length: count! }, (_, l) =>
    data.subarray((l * examples! + n) * size, (l * examples! + n + 1) * size)
  )
  return Float32Array.from(rows.flatMap((row) => [...row]))
}

function product(gradients: Tensor, l: number, n: number, input: Tensor): number {
  const x = example(input, n).data
  const from = (l * input.shape[0]! + n) * x.length
  return x.reduce((sum, value, i) => sum + value * gradients.data[from + i]!, 0)
}
