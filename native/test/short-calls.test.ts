import { describe, expect, it } from 'vitest'
import type { Contest, Session } from '@agon/core'
import { load, randomTensor, range, sameBits } from './helpers.js'
import { slowNet, smallNet } from './models.js'

const K = 10
const input = randomTensor([1, 3, 12, 12])
const contest = (session: Session): Promise<Contest> => session.contest(input, [range(K)], { sumAxis: 1 })

/** Whether a promise is settled without a turn of the event loop, which every job of another thread needs to tell that it has ended. */
async function isSettledAtOnce(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = () => void (settled = true)
  promise.then(settle, settle)
  for (let tick = 0; tick < 100; tick++) await undefined
  return settled
}

/** Calls until one is done at once: a busy machine may make short calls long. */
async function untilAtOnce(call: () => Promise<unknown>): Promise<number> {
  for (let calls = 1; calls <= 200; calls++) {
    const promise = call()
    const atOnce = await isSettledAtOnce(promise)
    await promise
    if (atOnce) return calls
  }
  return Infinity
}

describe('short calls', () => {
  it('are done where they are made, once one like them was short', async () => {
    const session = await load(smallNet(K))
    const calls: Record<string, () => Promise<unknown>> = {
      forward: () => session.forward(input),
      vjp: () => session.vjp(input, { labels: [range(K)] }),
      contest: () => contest(session)
    }
    for (const [name, call] of Object.entries(calls)) {
      const calls = await untilAtOnce(call)
      expect(calls, name).toBeGreaterThan(1)
      expect(calls, name).toBeLessThan(Infinity)
    }
  })

  it('have the same bits there', async () => {
    const session = await load(smallNet(K))
    const first = await contest(session)
    let last = first
    await untilAtOnce(async () => (last = await contest(session)))
    expect(last).not.toBe(first)
    expect(sameBits(last.best, first.best) && sameBits(last.worst, first.worst)).toBe(true)
    expect(sameBits(last.runnerUp, first.runnerUp) && sameBits(last.bestLabel, first.bestLabel)).toBe(true)
  })

  it('let the event loop turn now and then', async () => {
    const session = await load(smallNet(K))
    await untilAtOnce(() => contest(session))
    let turns = 0
    for (let calls = 0; calls < 5000 && turns < 5; calls++) {
      const promise = contest(session)
      if (!(await isSettledAtOnce(promise))) turns++
      await promise
    }
    expect(turns).toBe(5)
  })

  it('that are aborted before anybody waits for them reject', async () => {
    const session = await load(smallNet(K))
    await untilAtOnce(() => contest(session))
    for (let i = 0; i < 5; i++) {
      const controller = new AbortController()
      const call = session.contest(input, [range(K)], { sumAxis: 1, signal: controller.signal })
      controller.abort(new Error('enough'))
      await expect(call).rejects.toThrow('enough')
    }
  })

  it('fail with the codes of jobs', async () => {
    const session = await load(smallNet(K))
    await untilAtOnce(() => contest(session))
    for (let i = 0; i < 5; i++) {
      const call = session.contest(input, [range(K)], { sumAxis: 1, memory: 1 })
      await expect(call).rejects.toMatchObject({ name: 'AgonError', code: 'AGON_OUT_OF_BUDGET' })
    }
  })

  it('tell of progress, as jobs', async () => {
    const session = await load(smallNet(K))
    await untilAtOnce(() => contest(session))
    const seen: number[] = []
    await session.contest(input, [range(K)], { sumAxis: 1, onProgress: (done) => seen.push(done) })
    expect(seen.at(-1)).toBe(K)
  })
})

it('calls that are not short are jobs however often they were made', async () => {
  const session = await load(slowNet(20))
  const call = () => session.contest(randomTensor([1, 4, 48, 48]), [range(20)], { sumAxis: 1 })
  for (let i = 0; i < 3; i++) {
    const promise = call()
    expect(await isSettledAtOnce(promise)).toBe(false)
    await promise
  }
})
