import {
  createFold,
  example,
  minusBaseline,
  multiply,
  sumAxis,
  type Contest,
  type Session,
  type Tensor
} from '@agon/core'
import type { ContestOptions, PassOptions, PerExample } from '@agon/core'
import { modelOf } from '@agon/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { load, randomTensor, range, sameBits } from './helpers.js'
import { smallNet } from './models.js'

const K = 100
const input = randomTensor([3, 3, 12, 12])
const labels = input.shape[0]! === 3 ? [range(K), range(K), range(K)] : []
const baseline = randomTensor([1, 3, 12, 12], 2)

type Options = PassOptions & ContestOptions

/** Core's fold over label maps that are made one by one from whole vector-Jacobian products. */
async function foldedByCore(session: Session, of: PerExample, options: Options): Promise<Contest> {
  const { multiply: by = 'none', sumAxis: axis, scale = 'one' } = options
  const gradients = await session.vjp(
    input,
    { labels: of, scale },
    options.wrt === undefined ? {} : { wrt: options.wrt }
  )
  const at = options.wrt === undefined ? input : await session.forward(input, { at: options.wrt })
  const factor = by === 'none' ? undefined : by === 'input' ? at : minusBaseline(at, options.baseline)
  const fold = createFold(
    at.shape.map((extent, i) => (i === axis ? 1 : extent)),
    of,
    options.maps
  )
  of.forEach((ofExample, n) =>
    ofExample.forEach((label, l) => fold.add(n, label, mapOf(gradients, l, n, factor, axis)))
  )
  return fold.finish()
}

function mapOf(
  gradients: Tensor,
  l: number,
  n: number,
  factor: Tensor | undefined,
  axis: number | undefined
): Float32Array {
  const own = example({ shape: gradients.shape.slice(1), data: example(gradients, l).data }, n)
  const map = factor ? { ...own, data: multiply(own.data, example(factor, n).data) } : own
  return axis === undefined ? map.data : sumAxis(map, axis).data
}

function expectSame(found: Contest, expected: Contest): void {
  expect(found.shape).toEqual(expected.shape)
  expect(found.labels).toEqual(expected.labels)
  expect(found.mapLabels).toEqual(expected.mapLabels)
  expect(found.maps.shape).toEqual(expected.maps.shape)
  for (const name of ['best', 'bestLabel', 'runnerUp', 'worst', 'worstLabel', 'runnerDown'] as const) {
    expect(sameBits(found[name], expected[name]), name).toBe(true)
  }
  expect(sameBits(found.maps.data, expected.maps.data), 'maps').toBe(true)
}

describe('contest', () => {
  let session: Session
  beforeAll(async () => {
    session = await load(smallNet(K))
  })

  const cases: readonly (readonly [string, Options])[] = [
    ['gradient', {}],
    ['gradient, summed over channels', { sumAxis: 1 }],
    ['gradient times input, summed over channels', { multiply: 'input', sumAxis: 1 }],
    ['gradient times input, summed over rows', { multiply: 'input', sumAxis: 2 }],
    ['gradient times input, summed over columns', { multiply: 'input', sumAxis: 3 }],
    ['input minus baseline', { multiply: 'input-minus-baseline', baseline, sumAxis: 1 }],
    ['input minus no baseline', { multiply: 'input-minus-baseline' }],
    ['logit seeds', { scale: 'logit', multiply: 'input', sumAxis: 1 }],
    [
      'own maps of some labels',
      {
        multiply: 'input',
        sumAxis: 1,
        maps: [
          [3, 99],
          [0, 64],
          [63, 63]
        ]
      }
    ],
    ['own maps, every element', { maps: [[99], [0], [16]] }],
    ['another value than the input', { wrt: 'relu1_out', multiply: 'input', sumAxis: 1, maps: [[5], [6], [7]] }]
  ]
  it.each(cases)("equals core's fold over the VJPs, bit for bit: %s", async (_, options) => {
    expectSame(await session.contest(input, labels, options), await foldedByCore(session, labels, options))
  })

  it('gives each example its own labels, in the order of the list', async () => {
    const mixed = [
      [7, 3, 99, 0],
      [50, 51, 52, 53],
      [99, 98, 97, 0]
    ]
    const options = { multiply: 'input', sumAxis: 1, maps: [[99], [50], [0]] } as const
    expectSame(await session.contest(input, mixed, options), await foldedByCore(session, mixed, options))
  })

  it('lets the earliest label of the list win a tie, and gives the other as runner-up', async () => {
    const twice = [
      [4, 9, 4],
      [9, 4, 9],
      [1, 1, 1]
    ]
    const found = await session.contest(input, twice, { sumAxis: 1 })
    expectSame(found, await foldedByCore(session, twice, { sumAxis: 1 }))
    expect(
      sameBits(
        example({ shape: found.shape, data: found.best }, 2).data,
        example({ shape: found.shape, data: found.runnerUp }, 2).data
      )
    ).toBe(true)
  })

  it('runs a contest of one label', async () => {
    const single = [[5], [6], [7]]
    const found = await session.contest(input, single, { sumAxis: 1 })
    expect(found.runnerUp.every((value) => value === -Infinity)).toBe(true)
    expectSame(found, await foldedByCore(session, single, { sumAxis: 1 }))
  })

  it('names the label and the example of a map that is not finite', async () => {
    const linear = modelOf('linear', [2], (m) => m.add('MatMul', [m.input, m.floats([2, 3], [1, 1, 4, 1, 1, 1])]))
    const batch = { shape: [2, 2], data: Float32Array.of(1, 1, 3e38, 1) }
    const contest = (await load(linear)).contest(batch, [range(3), range(3)], { multiply: 'input' })
    await expect(contest).rejects.toMatchObject({ code: 'AGON_NOT_FINITE' })
    await expect(contest).rejects.toThrow(/label 2 .*example 1\b/)
  })
})
