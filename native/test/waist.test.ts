import { createRandom, example, type Model, type Tensor } from '@agon/core'
import { readOnnx } from '@agon/onnx'
import { nodeList, randomModel, torchCase, torchCaseNames } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { cpuEngine, randomTensor, range } from './helpers.js'
import {
  compareWay,
  expectClose,
  expectSame,
  hasWay,
  optionsOf,
  planned,
  type Options,
  type Tally
} from './compare-ways.js'
import { slowNet } from './models.js'
import { narrowNet } from './waist-models.js'

const never = cpuEngine(2, { waist: 'never' })
const always = cpuEngine(2, { waist: 'always' })

const compare = (model: Model, input: Tensor, options: Options, tally: Tally) =>
  compareWay('waist', never, always, model, input, options, tally)

describe('a waist carries the units in place of the labels', () => {
  it('is taken unasked where counting says that it saves work, with the same maps within rounding', async () => {
    const model = slowNet(1000)
    const input = randomTensor([1, 4, 48, 48])
    const [plain, auto] = [await never.load(model), await cpuEngine(2).load(model)]
    const expected = await planned(plain, input, [range(1000)], { sumAxis: 1, multiply: 'input' })
    const found = await planned(auto, input, [range(1000)], { sumAxis: 1, multiply: 'input' })
    expect(hasWay(expected.plan, 'waist')).toBe(false)
    expect(hasWay(found.plan, 'waist')).toBe(true)
    expectClose(found.contest, expected.contest, { decisions: 0, differing: 0 })
  })

  const graphs = 60
  it(`${graphs} random graphs: the same maps and decisions within rounding`, async () => {
    const tally = { decisions: 0, differing: 0 }
    let waists = 0
    for (const seed of range(graphs)) {
      const model = randomModel(seed, { labels: [20, 33, 65, 130][seed % 4]! })
      const input = randomTensor([2, ...model.inputs[0]!.shape.slice(1).map(Number)], seed)
      try {
        if (await compare(model, input, optionsOf(input.shape, seed), tally)) waists++
      } catch (error) {
        throw new Error(`${(error as Error).message}\nseed ${seed}\n${nodeList(model)}`, { cause: error })
      }
    }
    process.stdout.write(`waists in ${waists} of ${graphs} random graphs: ${JSON.stringify(tally)}\n`)
    expect(waists).toBeGreaterThan(graphs / 3)
    expect(tally.differing).toBeLessThanOrEqual(tally.decisions / 1000)
  })

  it('PyTorch fixtures: the same maps and decisions within rounding', async () => {
    const tally = { decisions: 0, differing: 0 }
    let waists = 0
    for (const [i, name] of torchCaseNames().entries()) {
      const { onnx, input } = torchCase(name)
      if (await compare(await readOnnx(onnx), input, optionsOf(input.shape, i), tally)) waists++
    }
    process.stdout.write(`waists in ${waists} PyTorch fixtures: ${JSON.stringify(tally)}\n`)
    expect(waists).toBeGreaterThan(0)
    expect(tally.differing).toBeLessThanOrEqual(tally.decisions / 1000)
  })

  it.each([0, 1, 2, 3, 4, 5])('a tiny net of 50 labels behind 6 units, options %d', async (i) => {
    const tally = { decisions: 0, differing: 0 }
    const input = randomTensor([3, 3, 8, 8], i)
    expect(await compare(narrowNet(50, 6), input, optionsOf(input.shape, i), tally)).toBe(true)
    expect(tally.differing).toBeLessThanOrEqual(1)
  })
})

describe('the plan of a waist', () => {
  const input = randomTensor([1, 3, 8, 8])
  const wayOf = async (engine: typeof always, labels: number) => {
    const session = await engine.load(narrowNet(50, 6))
    const { plan } = await planned(session, input, [range(labels)])
    session.dispose()
    return plan.layers.filter(({ way }) => way !== 'move').map(({ op, way, cotangents }) => ({ op, way, cotangents }))
  }

  it('says waist below it and not above', async () => {
    const layers = await wayOf(always, 50)
    const above = layers.findIndex(({ way }) => way !== 'waist')
    expect(layers.slice(0, above).map(({ op }) => op)).toEqual(expect.arrayContaining(['Conv', 'Gemm']))
    expect(new Set(layers.slice(0, above).map(({ cotangents }) => cotangents))).toEqual(new Set([6]))
    expect(layers.slice(above).map(({ op }) => op)).toContain('Gemm')
    for (const layer of layers.slice(above)) expect(layer).toMatchObject({ way: 'skip', cotangents: 50 })
  })

  it('has none where it is not wanted, where there are no more labels than units, and where little is saved', async () => {
    for (const layers of [await wayOf(never, 50), await wayOf(always, 6), await wayOf(cpuEngine(), 50)])
      expect(layers.map(({ way }) => way)).not.toContain('waist')
  })
})

describe('the bits of a waist', () => {
  const model = narrowNet(50, 6)
  const input = randomTensor([5, 3, 8, 8])
  const labels = range(5).map((n) => createRandom(n).permutation(50))
  const maps = labels.map((ofExample) => ofExample.slice(0, 2))
  const options = { multiply: 'input', maps } as const

  it('are the same for threads, and for budgets that allow it', async () => {
    const expected = await (await always.load(model)).contest(input, labels, options)
    for (const threads of [1, 3])
      for (const memory of [2 ** 28, 2 ** 20, 2 ** 17]) {
        const session = await cpuEngine(threads, { waist: 'always' }).load(model)
        const found = await planned(session, input, labels, { ...options, memory })
        expect(hasWay(found.plan, 'waist'), `waist within ${memory} bytes`).toBe(true)
        expectSame(found.contest, expected)
      }
  })

  it('are the same for an example alone, and whatever is chosen for batches', async () => {
    const session = await always.load(model)
    const expected = await session.contest(input, labels, options)
    const size = expected.best.length / 5
    for (const n of range(5)) {
      const alone = await session.contest(example(input, n), [labels[n]!], { ...options, maps: [maps[n]!] })
      expectSame(alone, sliceOf(expected, n, size))
    }
    const inLanes = await cpuEngine(2, { waist: 'always', batch: 'always' }).load(model)
    expectSame(await inLanes.contest(input, labels, options), expected)
  })

  /** Example n of a contest of 5. */
  function sliceOf(contest: Awaited<ReturnType<typeof planned>>['contest'], n: number, size: number) {
    const own = <T extends Float32Array | Int32Array>(all: T) => all.slice(n * size, (n + 1) * size) as T
    const { best, bestLabel, runnerUp, worst, worstLabel, runnerDown } = contest
    const data = Float32Array.from(range(2).flatMap((m) => [...own(contest.maps.data.subarray(m * 5 * size))]))
    return {
      ...contest,
      best: own(best),
      bestLabel: own(bestLabel),
      runnerUp: own(runnerUp),
      worst: own(worst),
      worstLabel: own(worstLabel),
      runnerDown: own(runnerDown),
      maps: { ...contest.maps, data }
    }
  }
})

describe('budgets that do not hold a waist', () => {
  const input = randomTensor([1, 3, 48, 48])
  const labels = [range(100)]

  /** Why a contest is refused; undefined if it is not. */
  async function codeOf(engine: typeof always, model: Model, memory: number): Promise<string | undefined> {
    const session = await engine.load(model)
    const run = session.contest(input, labels, { memory })
    return run.then(
      () => undefined,
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`
    )
  }

  it.each([2, 8, 30])('of %d units: the bits of no waist, and the refusals of no waist', async (units) => {
    const model = narrowNet(100, units, 48)
    const [plain, carried] = [await never.load(model), await always.load(model)]
    const refusal = (await codeOf(never, model, 1))!
    expect(await codeOf(always, model, 1)).toBe(refusal)
    const least = Number(/at least (\d+) bytes/.exec(refusal)![1])
    expect(await codeOf(always, model, least - 1)).toBe(await codeOf(never, model, least - 1))
    const expected = await plain.contest(input, labels)
    const tally = { decisions: 0, differing: 0 }
    const seen = { with: 0, without: 0 }
    for (const times of [1, 1.02, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 8]) {
      const told: number[] = []
      const memory = Math.ceil(least * times)
      const onProgress = (done: number) => void told.push(done)
      const { contest, plan } = await planned(carried, input, labels, { memory, onProgress })
      expect(told, 'progress goes on').toEqual([...told].sort((a, b) => a - b))
      expect(told.at(-1)).toBe(100)
      for (const { cotangents } of plan.layers) expect([units, 100]).toContain(cotangents)
      if (hasWay(plan, 'waist')) {
        seen.with++
        expectClose(contest, expected, tally)
      } else {
        seen.without++
        expectSame(contest, expected)
      }
    }
    expect(seen.with).toBeGreaterThan(0)
    expect(seen.without).toBeGreaterThan(0)
  })
})
