import { beforeAll, describe, expect, it } from 'vitest'
import type { Contest, Session } from '@agon/core'
import { createSpareArrays } from '../lib/spare-arrays.js'
import { load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet } from './models.js'

const K = 20
const names = ['best', 'runnerUp', 'worst', 'runnerDown', 'bestLabel', 'worstLabel'] as const
const [input, other] = [1, 2].map((seed) => randomTensor([1, 3, 12, 12], seed)) as [Contest['maps'], Contest['maps']]
const contest = (session: Session, of = input, labels = K): Promise<Contest> =>
  session.contest(of, [range(labels)], { multiply: 'input', maps: [[1, 3]] })
const buffersOf = (of: Contest) => new Set([...names.map((name) => of[name].buffer), of.maps.data.buffer])
const common = (a: Contest, b: Contest) => [...buffersOf(a)].filter((buffer) => buffersOf(b).has(buffer)).length

describe('recycle', () => {
  let session: Session
  beforeAll(async () => {
    session = await load(smallNet(K))
  })

  it('lets later contests write into the arrays, with the bits of a fresh session', async () => {
    const fresh = await contest(await load(smallNet(K)))
    const first = await contest(session, other)
    session.recycle!(first)
    const second = await contest(session)
    expect(common(first, second)).toBe(7)
    for (const name of names) expect(sameBits(second[name], fresh[name]), name).toBe(true)
    expect(sameBits(second.maps.data, fresh.maps.data)).toBe(true)
  })

  it('leaves alone what was not given back', async () => {
    const [kept, given] = [await contest(session), await contest(session, other)]
    const copy = kept.best.slice()
    session.recycle!(given)
    const later = [await contest(session, other), await contest(session, other)]
    expect(later.map((one) => common(one, kept))).toEqual([0, 0])
    expect(sameBits(kept.best, copy)).toBe(true)
  })

  it('takes a contest back once, so that no two share memory', async () => {
    const given = await contest(session)
    session.recycle!(given)
    const [first, second] = [contest(session), (session.recycle!(given), contest(session, other))]
    expect(common(await first, await second)).toBe(0)
  })

  it('takes arrays of other sizes and of calls that failed as they are', async () => {
    session.recycle!(await contest(session))
    await expect(session.contest(input, [range(K)], { multiply: 'input', memory: 1 })).rejects.toThrow()
    const summed = await session.contest(input, [range(K)], { sumAxis: 1 })
    expect(summed.best.length).toBe(144)
    expect((await contest(session)).best.length).toBe(432)
  })
})

describe('spare arrays', () => {
  const filled = (floats: number): Contest =>
    ({
      ...Object.fromEntries(names.map((name) => [name, new Float32Array(floats)])),
      maps: { shape: [0], data: new Float32Array(0) }
    }) as unknown as Contest

  it('are taken by their size', () => {
    const spares = createSpareArrays()
    const given = filled(10)
    spares.keep(given)
    expect(spares.take(44)).toBeUndefined()
    const taken = names.map(() => spares.take(40))
    expect(new Set(taken)).toEqual(new Set(names.map((name) => given[name].buffer)))
    expect(spares.take(40)).toBeUndefined()
  })

  it('are at most 32 MiB, the latest', () => {
    const spares = createSpareArrays()
    const [early, late] = [filled(2 ** 20), filled(3 * 2 ** 18)]
    spares.keep(early)
    spares.keep(late)
    let [count, bytes] = [0, 0]
    for (const size of [2 ** 22, 3 * 2 ** 20])
      while (spares.take(size) !== undefined) [count, bytes] = [count + 1, bytes + size]
    expect(bytes).toBeLessThanOrEqual(2 ** 25)
    expect(count).toBe(6 + Math.floor((2 ** 25 - 6 * 3 * 2 ** 20) / 2 ** 22))
  })

  it('are at most 64, however small', () => {
    const spares = createSpareArrays()
    for (let i = 0; i < 20; i++) spares.keep(filled(1))
    expect(range(120).filter(() => spares.take(4) !== undefined).length).toBe(64)
  })

  it('are no part of an array, and nothing that was transferred', () => {
    const spares = createSpareArrays()
    const whole = new Float32Array(20)
    const given = { ...filled(10), best: whole.subarray(0, 10), worst: new Float32Array(10) }
    structuredClone(given.worst, { transfer: [given.worst.buffer] })
    spares.keep(given)
    const taken = range(6).flatMap(() => spares.take(40) ?? [])
    expect(taken.length).toBe(4)
    expect(spares.take(80)).toBeUndefined()
    spares.clear()
    expect(spares.take(40)).toBeUndefined()
  })
})
