import { example, type Tensor } from '@agon/core'
import { expect } from 'vitest'
import { relativeError } from '../compare.js'
import { tinyCnn, type TinyModel } from '../tiny-models.js'
import type { Checks } from './check.js'
import { allLabels, bits, inputFor, randomTensor, withSession, type Subject } from './subject.js'

/** Forward and backward passes of whole networks. */
export function passChecks({ check }: Checks, { engine, oracle }: Subject, models: readonly TinyModel[]): void {
  for (const tiny of models) {
    const { model, labels, homogeneous } = tiny
    const input = inputFor(tiny, 2)
    const seeds = { labels: allLabels(labels, 2) }

    check(`${model.name}: logits and all gradients equal the oracle's`, async () => {
      const run = (of: typeof engine) =>
        withSession(
          of,
          model,
          async (session) => [await session.forward(input), await session.vjp(input, seeds)] as const
        )
      const [own, expected] = [await run(engine), await run(oracle)]
      own.forEach((tensor, i) => expect(tensor.shape).toEqual(expected[i]!.shape))
      own.forEach((tensor, i) => expect(relativeError(tensor.data, expected[i]!.data)).toBeLessThan(2e-5))
    })

    check(`${model.name}: every value of the graph can be read and differentiated at`, async () => {
      const values = model.nodes.flatMap(({ outputs }) => outputs)
      for (const value of values) {
        const run = (of: typeof engine) =>
          withSession(of, model, async (session) => [
            await session.forward(input, { at: value }),
            await session.vjp(input, seeds, { wrt: value })
          ])
        const [own, expected] = [await run(engine), await run(oracle)]
        own.forEach((tensor, i) => expect(tensor.shape).toEqual(expected[i]!.shape))
        own.forEach((tensor, i) => expect(relativeError(tensor.data, expected[i]!.data)).toBeLessThan(2e-5))
      }
    })

    check(`${model.name}: an example's results do not depend on the rest of the batch`, async () => {
      await withSession(engine, model, async (session) => {
        const three = inputFor(tiny, 3)
        const [logits, gradients] = [
          await session.forward(three),
          await session.vjp(three, { labels: allLabels(labels, 3) })
        ]
        for (let n = 0; n < 3; n++) {
          const one = example(three, n)
          expect(bits((await session.forward(one)).data)).toEqual(bits(example(logits, n).data))
          const alone = await session.vjp(one, { labels: allLabels(labels, 1) })
          expect(bits(alone.data)).toEqual(bits(ofExample(gradients, n)))
        }
      })
    })

    if (homogeneous) {
      check(`${model.name}: the sum of gradient (.) input is the logit`, async () => {
        await withSession(engine, model, async (session) => {
          const [logits, gradients] = [await session.forward(input), await session.vjp(input, seeds)]
          const sums = seeds.labels[0]!.flatMap((l) => [0, 1].map((n) => product(gradients, l, n, input)))
          const wanted = seeds.labels[0]!.flatMap((l) => [0, 1].map((n) => logits.data[n * labels + l]!))
          expect(relativeError(sums, wanted)).toBeLessThan(1e-5)
        })
      })
    }
  }
  cotangentChecks({ check } as Checks, { engine, oracle })
}

function cotangentChecks({ check }: Checks, { engine }: Subject): void {
  const tiny = tinyCnn()
  const { labels } = tiny
  const input = inputFor(tiny, 2)

  check('one-hot labels are dense one-hot cotangents', async () => {
    await withSession(engine, tiny.model, async (session) => {
      const chosen = [
        [2, 0, 2],
        [6, 1, 3]
      ]
      const dense = new Float32Array(3 * 2 * labels)
      chosen.forEach((ofExample, n) => ofExample.forEach((label, l) => (dense[(l * 2 + n) * labels + label] = 1)))
      const [sparse, full] = [
        await session.vjp(input, { labels: chosen }),
        await session.vjp(input, { shape: [3, 2, labels], data: dense })
      ]
      expect(sparse.shape).toEqual(full.shape)
      expect(relativeError(sparse.data, full.data)).toBeLessThan(1e-6)
    })
  })

  check("scale 'logit' seeds with the logit", async () => {
    await withSession(engine, tiny.model, async (session) => {
      const logits = (await session.forward(input)).data
      const seeds = allLabels(labels, 2)
      const scaled = await session.vjp(input, { labels: seeds, scale: 'logit' })
      const plain = await session.vjp(input, { labels: seeds })
      const size = plain.data.length / labels / 2
      const wanted = plain.data.map((value, i) => {
        const [l, n] = [Math.floor(i / (2 * size)), Math.floor(i / size) % 2]
        return value * logits[n * labels + l]!
      })
      expect(relativeError(scaled.data, wanted)).toBeLessThan(1e-5)
    })
  })

  check('a VJP is linear in its cotangents', async () => {
    await withSession(engine, tiny.model, async (session) => {
      const [a, b] = [randomTensor([1, 2, labels], 1), randomTensor([1, 2, labels], 2)]
      const sum = { shape: a.shape, data: a.data.map((value, i) => value - 2 * b.data[i]!) }
      const [ofA, ofB, ofSum] = [
        await session.vjp(input, a),
        await session.vjp(input, b),
        await session.vjp(input, sum)
      ]
      expect(
        relativeError(
          ofSum.data,
          ofA.data.map((value, i) => value - 2 * ofB.data[i]!)
        )
      ).toBeLessThan(1e-5)
    })
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
