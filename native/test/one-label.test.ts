import { example } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { cpuEngine, randomTensor, range, sameBits } from './helpers.js'
import { tilesNet } from './models.js'

const net = tilesNet()

const labelsOf = (count: number): number[][] => range(count).map((n) => [n % 6])

describe('averaged passes of one label per example', () => {
  it('agree with the reference, and with passes of several labels within rounding', async () => {
    const input = randomTensor([3, 3, 20, 20])
    const session = await cpuEngine(2).load(net)
    const reference = await createReferenceEngine().load(net)
    const found = await session.vjp(input, { labels: labelsOf(3) }, { averaged: true })
    const expected = await reference.vjp(input, { labels: labelsOf(3) })
    expect(relativeError(found.data, expected.data)).toBeLessThan(5e-6)
    const plain = await session.vjp(input, { labels: labelsOf(3) })
    expect(relativeError(plain.data, found.data)).toBeLessThan(5e-6)
    expect(sameBits(plain.data, found.data), 'sums in an order of their own').toBe(false)
  })

  it.each([1, 2, 3, 5, 16, 21])(
    'are the same bits for any way, budget and number of threads, for %d examples',
    async (count) => {
      const input = randomTensor([count, 3, 20, 20], count)
      const labels = labelsOf(count)
      const expected = await (
        await cpuEngine(1, { batch: 'never' }).load(net)
      ).vjp(input, { labels }, { averaged: true })
      for (const batch of ['auto', 'always'] as const) {
        for (const threads of [1, 3]) {
          for (const memory of [undefined, 3e6, 2e7]) {
            const session = await cpuEngine(threads, { batch }).load(net)
            const found = await session.vjp(
              input,
              { labels },
              { averaged: true, ...(memory !== undefined && { memory }) }
            )
            expect(sameBits(found.data, expected.data), `${batch}, ${threads} threads, ${memory} bytes`).toBe(true)
          }
        }
      }
    }
  )

  it('are left to averages: contests and single gradients keep one order', async () => {
    const input = randomTensor([17, 3, 20, 20])
    const labels = labelsOf(17)
    const session = await cpuEngine(2).load(net)
    const gradients = await session.vjp(input, { labels })
    const contest = await session.contest(input, labels, { maps: labels })
    expect(sameBits(contest.maps.data, gradients.data)).toBe(true)
    const twice = await session.vjp(input, { labels: labels.map(([label]) => [label!, 0]) }, { averaged: true })
    expect(sameBits(example(twice, 0).data, gradients.data)).toBe(true)
  })
})
