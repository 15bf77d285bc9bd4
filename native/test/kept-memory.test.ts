import { describe, expect, it } from 'vitest'
import { load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet } from './models.js'
import type { Contest, Session, Tensor } from '@agon/core'

const K = 40
const labels = [range(K)]
const inputs = [1, 2, 3, 4].map((seed) => randomTensor([1, 3, 12, 12], seed))

const contest = (session: Session, input: Tensor): Promise<Contest> =>
  session.contest(input, labels, { multiply: 'input', sumAxis: 1 })

function expectSame(found: Contest, expected: Contest): void {
  for (const name of ['best', 'bestLabel', 'runnerUp', 'worst', 'worstLabel', 'runnerDown'] as const)
    expect(sameBits(found[name], expected[name]), name).toBe(true)
}

/** What sessions that have run nothing before say. */
const fresh = Promise.all(inputs.map(async (input) => contest(await load(smallNet(K)), input)))

describe('a session keeps memory from call to call, and nothing else', () => {
  it('other inputs, other calls and refused calls in between change no bit', async () => {
    const session = await load(smallNet(K))
    for (const n of [0, 1, 2, 3, 1, 0]) {
      expectSame(await contest(session, inputs[n]!), (await fresh)[n]!)
      await session.forward(inputs[(n + 1) % 4]!)
      await session.vjp(inputs[(n + 2) % 4]!, { labels: [range(3)] })
      await expect(session.contest(inputs[(n + 3) % 4]!, labels, { memory: 1 })).rejects.toThrow()
    }
  })

  it('nor do calls at the same time, and some that are given up', async () => {
    const session = await load(smallNet(K))
    for (let round = 0; round < 5; round++) {
      const given = inputs.map((input) => {
        const controller = new AbortController()
        const call = session.contest(input, labels, { signal: controller.signal })
        controller.abort()
        return expect(call).rejects.toThrow()
      })
      const found = await Promise.all(inputs.map((input) => contest(session, input)))
      await Promise.all(given)
      for (const [n, one] of found.entries()) expectSame(one, (await fresh)[n]!)
    }
  })

  it('and a session may be disposed of while calls run', async () => {
    const session = await load(smallNet(K))
    await contest(session, inputs[0]!)
    const running = inputs.map((input) => contest(session, input))
    session.dispose()
    for (const [n, one] of (await Promise.all(running)).entries()) expectSame(one, (await fresh)[n]!)
  })
})
