import { example } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { cpuEngine, load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet } from './models.js'
import { expectSame, hasWay, planned } from './compare-ways.js'

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

describe("the option 'batch'", () => {
  const input = randomTensor([32, 3, 12, 12])
  const runWith = async (batch: 'auto' | 'never' | 'always', labels: number) => {
    const session = await cpuEngine(2, { batch }).load(smallNet(40))
    const own = range(32).map((n) => range(labels).map((l) => (n + l) % 40))
    const options = { multiply: 'input', maps: own.map(([first]) => [first!]) } as const
    const logits = await session.forward(input)
    const gradients = await session.vjp(input, { labels: own })
    const { contest, plan } = await planned(session, input, own, options)
    session.dispose()
    return { logits, gradients, contest, plan }
  }

  it.each([1, 3, 20])('is the same bits whatever it says, with %d labels', async (labels) => {
    const expected = await runWith('never', labels)
    expect(hasWay(expected.plan, 'batch')).toBe(false)
    for (const batch of ['auto', 'always'] as const) {
      const found = await runWith(batch, labels)
      expect(hasWay(found.plan, 'batch'), `${batch}, ${labels} labels`).toBe(batch === 'always' || labels < 5)
      expect(sameBits(found.logits.data, expected.logits.data)).toBe(true)
      expect(sameBits(found.gradients.data, expected.gradients.data)).toBe(true)
      expectSame(found.contest, expected.contest)
    }
  })

  it('plans every computing step as a step of examples in lanes, each label of each example once', async () => {
    const { plan } = await runWith('always', 3)
    const computing = plan.layers.filter(({ products }) => products > 0)
    expect(computing.map(({ op }) => op)).toEqual(expect.arrayContaining(['Conv', 'MaxPool', 'Gemm', 'Tanh']))
    for (const layer of computing) expect(layer).toMatchObject({ way: 'batch', cotangents: 3 * 32 })
  })

  it('takes no other word', () => {
    for (const option of ['batch', 'waist', 'meet'])
      expect(() => cpuEngine(1, { [option]: 'sometimes' })).toThrow(new RegExp(`'${option}'`))
  })
})
