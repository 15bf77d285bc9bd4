import { beforeAll, describe, expect, it } from 'vitest'
import { AgonError, type Session } from '@agon/core'
import { load, randomTensor, range } from './helpers.js'
import { slowNet, smallNet } from './models.js'

const K = 1000
const input = randomTensor([1, 4, 48, 48])
const labels = [range(K)]

describe('jobs', () => {
  let session: Session
  beforeAll(async () => {
    session = await load(slowNet(K))
  })

  it('report progress that never falls and is complete at the end', async () => {
    const seen: number[][] = []
    await session.contest(input, labels, {
      sumAxis: 1,
      memory: 2 ** 26,
      onProgress: (done, total) => seen.push([done, total])
    })
    expect(seen.length).toBeGreaterThan(3)
    expect(seen.every(([, total]) => total === K)).toBe(true)
    expect(seen.every(([done], i) => i === 0 || done! > seen[i - 1]![0]!)).toBe(true)
    expect(seen.at(-1)).toEqual([K, K])
  })

  it('count the label passes of all examples', async () => {
    const small = await load(smallNet(20))
    const seen: number[][] = []
    const onProgress = (done: number, total: number) => void seen.push([done, total])
    await small.vjp(randomTensor([2, 3, 12, 12]), { labels: [range(20), range(20)] }, { onProgress })
    expect(seen.at(-1)).toEqual([40, 40])
  })

  it('leave the event loop free', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await session.contest(input, labels, { sumAxis: 1 })
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(0)
  })

  it('end early with the reason of their signal: the label passes that are left are not run', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const seen: number[] = []
    const onProgress = (done: number) => {
      seen.push(done)
      controller.abort(reason)
    }
    const aborted = session.contest(input, labels, { memory: 2 ** 26, signal: controller.signal, onProgress })
    await expect(aborted).rejects.toBe(reason)
    expect(Math.max(...seen)).toBeLessThan(K)
  })

  it('end with an AbortError after a plain abort(), whatever was called', async () => {
    const late = () => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 30)
      return controller.signal
    }
    await expect(session.contest(input, labels, { signal: late() })).rejects.toMatchObject({ name: 'AbortError' })
    await expect(session.vjp(input, { labels }, { signal: late() })).rejects.toMatchObject({ name: 'AbortError' })
    const many = randomTensor([64, 4, 48, 48])
    await expect(session.forward(many, { signal: late() })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('do not start on an aborted signal', async () => {
    await expect(session.forward(input, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('are given up when onProgress throws, with what it threw', async () => {
    const thrown = new AgonError('AGON_BAD_INPUT', { what: 'a listener' })
    const onProgress = () => {
      throw thrown
    }
    await expect(session.contest(input, labels, { onProgress })).rejects.toBe(thrown)
  })

  it('finish when their session is disposed of meanwhile', async () => {
    const shortLived = await load(smallNet(500))
    const batch = randomTensor([2, 3, 12, 12])
    const expected = await shortLived.contest(batch, [range(500), range(500)])
    const running = shortLived.contest(batch, [range(500), range(500)])
    shortLived.dispose()
    expect((await running).best).toEqual(expected.best)
    await expect(shortLived.forward(batch)).rejects.toMatchObject({ code: 'AGON_DISPOSED' })
  })

  it('run side by side with different input shapes, more than are kept prepared', async () => {
    const { modelOf } = await import('@agon/testing')
    const model = modelOf('any-length', [3], (m) => m.add('Tanh', [m.input]))
    const free = {
      ...model,
      inputs: [{ ...model.inputs[0]!, shape: ['N', 'L'] }],
      outputs: [{ ...model.outputs[0]!, shape: ['N', 'L'] }]
    }
    const open = await load(free)
    const lengths = [1, 2, 3, 4, 5, 6, 7, 1, 2, 3]
    const results = await Promise.all(lengths.map((length) => open.forward(randomTensor([2, length]))))
    expect(results.map(({ shape }) => shape[1])).toEqual(lengths)
    results.forEach(({ data }, i) => {
      const expected = randomTensor([2, lengths[i]!]).data
      data.forEach((value, e) => expect(value).toBeCloseTo(Math.tanh(expected[e]!), 5))
    })
  })
})
