import { example } from '@agon/core'
import { expect, it } from 'vitest'
import { load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet } from './models.js'

/** Batches of 4 and more run with their examples in lanes, where that is less work: the same bits as alone. */
it.each([4, 16, 21])('a batch of %d has the bits of its examples alone', async (count) => {
  const session = await load(smallNet(12), 2)
  const input = randomTensor([count, 3, 12, 12])
  const labels = range(count).map((n) => [n % 12])
  const maps = labels
  const logits = await session.forward(input)
  const gradients = await session.vjp(input, { labels })
  const contest = await session.contest(input, labels, { multiply: 'input', sumAxis: 1, maps })
  for (const n of range(count)) {
    const alone = example(input, n)
    const of = [labels[n]!]
    expect(sameBits((await session.forward(alone)).data, example(logits, n).data)).toBe(true)
    const gradient = example({ shape: gradients.shape.slice(1), data: gradients.data }, n)
    expect(sameBits((await session.vjp(alone, { labels: of })).data, gradient.data)).toBe(true)
    const own = await session.contest(alone, of, { multiply: 'input', sumAxis: 1, maps: of })
    expect(sameBits(own.best, contest.best.subarray(n * 144, (n + 1) * 144))).toBe(true)
    expect(sameBits(own.maps.data, contest.maps.data.subarray(n * 144, (n + 1) * 144))).toBe(true)
  }
})
