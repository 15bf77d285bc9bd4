import { tensor } from '@agon/core'
import { describe, expect, it } from 'vitest'
import { entropy, sparseness } from '../src/complexity/index.js'
import { maskOf, pointingGame, relevanceMass, relevanceRank } from '../src/localisation/index.js'
import { given, linear, row, scoreOf } from './given-maps.js'

describe('complexity by hand', () => {
  const of = (values: number[]) => ({
    model: linear([4], [1, 1, 1, 1]),
    input: row([1, 1, 1, 1]),
    method: given([4], values)
  })
  it.each([
    [[1, -1, 1, -1], 0, Math.log(4)],
    [[0, 0, 0, 0], 0, Math.log(4)],
    [[0, 0, -5, 0], 0.75, 0],
    // (2 k - 5) |phi|: -3 - 2 + 3 + 12 = 10, over 4 x 10.
    [[4, -3, 2, 1], 0.25, -[0.1, 0.2, 0.3, 0.4].reduce((sum, p) => sum + p * Math.log(p), 0)]
  ])('%j', async (values, gini, nats) => {
    expect((await scoreOf(of(values), sparseness())).value).toBeCloseTo(gini, 12)
    expect((await scoreOf(of(values), entropy())).value).toBeCloseTo(nats, 12)
  })
})

describe('localisation by hand', () => {
  const shape = [1, 1, 4, 5]
  const picture = {
    model: linear([1, 4, 5], Array<number>(20).fill(1)),
    input: tensor(shape, Array<number>(20).fill(1)),
    mask: maskOf([[{ left: 1, top: 1, width: 2, height: 2 }]], shape)
  }
  const map = (marked: Readonly<Record<number, number>>) =>
    given(
      [1, 4, 5],
      Array.from({ length: 20 }, (_, p) => marked[p] ?? 0)
    )

  it('masks the insides of boxes', () => {
    expect([...picture.mask.data].flatMap((value, p) => (value === 1 ? [p] : []))).toEqual([6, 7, 11, 12])
    const two = maskOf([[], [{ left: 4, top: 3, width: 1, height: 1 }]], [2, 3, 4, 5])
    expect(two.shape).toEqual([2, 1, 4, 5])
    expect(two.data.indexOf(1)).toBe(39)
  })

  it('points', async () => {
    const hit = async (marked: Readonly<Record<number, number>>, tolerance?: number) =>
      (await scoreOf({ ...picture, method: map(marked) }, pointingGame({ tolerance }))).value
    expect(await hit({ 6: 1, 0: -3 })).toBe(1)
    expect(await hit({ 0: 1 })).toBe(0)
    expect(await hit({ 0: 1 }, 1.5)).toBe(1)
    expect(await hit({ 9: 1 }, 2)).toBe(0)
    expect(await hit({ 9: 1 }, 2.1)).toBe(1)
    expect(await hit({ 6: 1, 7: 1, 19: 1, 18: 1 })).toBe(1 / 2)
    expect(await hit({})).toBe(4 / 20)
  })

  it('weighs and ranks', async () => {
    const of = { ...picture, method: map({ 6: 3, 7: -2, 0: 1, 19: 2 }) }
    expect((await scoreOf(of, relevanceMass())).value).toBe(3 / 6)
    expect((await scoreOf(of, relevanceMass({ by: 'absolute' }))).value).toBe(5 / 8)
    // 6, 19, 0, and one of 16 equal ones, of which 2 are inside.
    expect((await scoreOf(of, relevanceRank())).value).toBe((1 + 2 / 16) / 4)
    expect((await scoreOf(of, relevanceRank({ by: 'absolute' }))).value).toBe(2 / 4)
    expect((await scoreOf({ ...of, method: map({}) }, relevanceMass())).value).toBe(0)
  })
})
