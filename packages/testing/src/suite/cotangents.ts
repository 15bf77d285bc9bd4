import { expect } from './expect.js'
import { relativeError } from '../compare.js'
import { tinyCnn } from '../tiny-models.js'
import type { Checks } from './check.js'
import { allLabels, inputFor, randomTensor, withSession, type Subject } from './subject.js'

/** What seeds mean: one-hot and dense, scaled by the logit, linearity. */
export function cotangentChecks({ check }: Checks, { engine }: Subject): void {
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
