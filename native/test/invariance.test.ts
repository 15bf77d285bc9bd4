import { example, type Contest, type Session, type Tensor } from '@agon/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet, stemNet } from './models.js'

const K = 130
const input = randomTensor([3, 3, 12, 12])
const labels = [range(K), range(K), range(K)]
const options = {
  multiply: 'input',
  sumAxis: 1,
  maps: [
    [1, 129],
    [2, 64],
    [3, 63]
  ]
} as const

interface Results {
  readonly logits: Tensor
  readonly gradients: Tensor
  readonly contest: Contest
}

async function all(
  session: Session,
  batch: Tensor,
  of: readonly (readonly number[])[],
  maps: readonly (readonly number[])[],
  memory?: number
): Promise<Results> {
  const budget = memory === undefined ? {} : { memory }
  return {
    logits: await session.forward(batch),
    gradients: await session.vjp(batch, { labels: of }, budget),
    contest: await session.contest(batch, of, { ...options, ...budget, maps })
  }
}

function expectSame(found: Results, expected: Results): void {
  expect(sameBits(found.logits.data, expected.logits.data), 'logits').toBe(true)
  expect(sameBits(found.gradients.data, expected.gradients.data), 'gradients').toBe(true)
  for (const name of ['best', 'bestLabel', 'runnerUp', 'worst', 'worstLabel', 'runnerDown'] as const) {
    expect(sameBits(found.contest[name], expected.contest[name]), name).toBe(true)
  }
  expect(sameBits(found.contest.maps.data, expected.contest.maps.data), 'maps').toBe(true)
}

/** The least budget that will do, from the refusal of one byte. */
async function leastMemory(session: Session): Promise<number> {
  const error: unknown = await session
    .contest(input, labels, { ...options, memory: 1 })
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'AGON_OUT_OF_BUDGET' })
  return Math.max(...(error as Error).message.match(/\d+/g)!.map(Number))
}

describe('results are the same bits', () => {
  let session: Session
  let expected: Results
  beforeAll(async () => {
    session = await load(smallNet(K), 1)
    expected = await all(session, input, labels, options.maps)
  })

  it.each([1, 1.5, 2, 3, 4, 1000])('for %d times the least memory budget', async (times) => {
    const least = await leastMemory(session)
    await expect(session.contest(input, labels, { ...options, memory: least - 1 })).rejects.toMatchObject({
      code: 'AGON_OUT_OF_BUDGET'
    })
    expectSame(await all(session, input, labels, options.maps, Math.ceil(least * times)), expected)
  })

  it.each([2, 3, 8])('for %d threads', async (threads) => {
    expectSame(await all(await load(smallNet(K), threads), input, labels, options.maps), expected)
  })

  it('for each example alone', async () => {
    for (const n of [0, 1, 2]) {
      const alone = await all(session, example(input, n), [labels[n]!], [options.maps[n]!])
      expect(sameBits(alone.logits.data, example(expected.logits, n).data)).toBe(true)
      const { shape, best, bestLabel } = expected.contest
      expect(sameBits(alone.contest.best, example({ shape, data: best }, n).data)).toBe(true)
      expect(sameBits(alone.contest.bestLabel, bestLabel.subarray(n * 144, (n + 1) * 144))).toBe(true)
      for (const l of [0, 64, 129]) {
        const gradient = example(
          { shape: expected.gradients.shape.slice(1), data: example(expected.gradients, l).data },
          n
        )
        expect(sameBits(example(alone.gradients, l).data, gradient.data)).toBe(true)
      }
    }
  })

  it('for any labels that go along', async () => {
    const some = await session.vjp(input, {
      labels: [
        [129, 5],
        [129, 5],
        [129, 5]
      ]
    })
    expect(sameBits(example(some, 0).data, example(expected.gradients, 129).data)).toBe(true)
    expect(sameBits(example(some, 1).data, example(expected.gradients, 5).data)).toBe(true)
  })

  it('for one-hot cotangents given whole', async () => {
    const dense = new Float32Array(2 * 3 * K)
    for (const n of [0, 1, 2]) {
      dense[n * K + 17] = 1
      dense[(3 + n) * K + 99] = 1
    }
    const found = await session.vjp(input, { shape: [2, 3, K], data: dense })
    expect(sameBits(example(found, 0).data, example(expected.gradients, 17).data)).toBe(true)
    expect(sameBits(example(found, 1).data, example(expected.gradients, 99).data)).toBe(true)
  })

  it('for few labels of a small picture, whose cotangents are scattered', async () => {
    const picture = randomTensor([1, 3, 32, 32])
    const maps = [[0, 3, 9]]
    const of = async (count: number, threads: number) =>
      (await load(stemNet(40), threads)).contest(picture, [range(count)], { multiply: 'input', sumAxis: 1, maps })
    const many = await of(40, 1)
    for (const threads of [1, 2, 3]) {
      const few = await of(10, threads)
      expect(sameBits(few.maps.data, many.maps.data), `${threads} threads`).toBe(true)
    }
  })

  it('for calls at the same time', async () => {
    const found = await Promise.all([1, 2, 3].map(() => all(session, input, labels, options.maps)))
    for (const results of found) expectSame(results, expected)
  })
})
