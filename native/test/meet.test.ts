import { createRandom, type Model } from '@agon/core'
import { readOnnx } from '@agon/onnx'
import { modelOf, nodeList, randomModel, torchCase, torchCaseNames } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { compareWay, expectClose, expectSame, hasWay, optionsOf, planned } from './compare-ways.js'
import { cpuEngine, randomTensor, range } from './helpers.js'

const never = cpuEngine(2, { waist: 'never', meet: 'never' })
const always = cpuEngine(2, { waist: 'never', meet: 'always' })
const both = cpuEngine(2, { waist: 'always', meet: 'always' })

/** Strided convolution, ReLU, overlapping max pooling, pointwise convolution to few channels; then more channels. Inputs `[N, 3, size, size]`. */
function pooledNet(labels: number, size: number, width = 16, channels = 3 * width): Model {
  return modelOf('pooled-net', [3, size, size], (m) => {
    const conv = (x: string, shape: readonly number[], attributes: Readonly<Record<string, number[]>>) =>
      m.add(
        'Conv',
        [x, m.weights(shape, Math.sqrt(2 / (shape[1]! * shape[2]! * shape[3]!))), m.weights([shape[0]!], 0.1)],
        {
          kernel_shape: [shape[2]!, shape[3]!],
          ...attributes
        }
      )
    const stem = m.add('Relu', [conv(m.input, [width, 3, 3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] })])
    const pooled = m.add('MaxPool', [stem], { kernel_shape: [3, 3], strides: [2, 2] })
    const narrow = m.add('Relu', [conv(pooled, [8, width, 1, 1], {})])
    const wide = m.add('Relu', [conv(narrow, [channels, 8, 3, 3], { pads: [1, 1, 1, 1] })])
    const flat = m.add('Flatten', [m.add('GlobalAveragePool', [conv(wide, [labels, channels, 1, 1], {})])])
    return m.add('Identity', [flat])
  })
}

describe('tangents of the map meet the cotangents of the labels', () => {
  it('unasked where counting says that it saves work, with the same maps within rounding', async () => {
    const model = pooledNet(200, 64, 64)
    const input = randomTensor([2, 3, 64, 64])
    const labels = [range(200), range(200).reverse()]
    const options = { sumAxis: 1, multiply: 'input', maps: [[3], [7]] } as const
    const expected = await planned(await never.load(model), input, labels, options)
    const found = await planned(await cpuEngine(2).load(model), input, labels, options)
    expect(hasWay(expected.plan, 'meet')).toBe(false)
    const below = found.plan.layers.filter(({ way }) => way === 'meet')
    expect(below.map(({ op }) => op)).toContain('Conv')
    for (const { alive, outputs } of below) {
      expect(alive).toBeGreaterThan(0)
      expect(alive).toBeLessThanOrEqual(outputs)
    }
    expectClose(found.contest, expected.contest, { decisions: 0, differing: 0 })
    const products = (plan: typeof found.plan) => plan.layers.reduce((sum, layer) => sum + layer.products, 0)
    expect(products(found.plan)).toBeLessThan(products(expected.plan))
  })

  const graphs = 90
  it(`${graphs} random graphs: the same maps and decisions within rounding`, async () => {
    const tally = { decisions: 0, differing: 0 }
    let meetings = 0
    for (const seed of range(graphs)) {
      const model = randomModel(seed, { labels: [4, 20, 33, 70][seed % 4]! })
      const input = randomTensor([2, ...model.inputs[0]!.shape.slice(1).map(Number)], seed)
      try {
        const other = seed % 3 === 0 ? both : always
        if (await compareWay('meet', never, other, model, input, optionsOf(input.shape, seed), tally)) meetings++
      } catch (error) {
        throw new Error(`${(error as Error).message}\nseed ${seed}\n${nodeList(model)}`, { cause: error })
      }
    }
    process.stdout.write(`meetings in ${meetings} of ${graphs} random graphs: ${JSON.stringify(tally)}\n`)
    expect(meetings).toBeGreaterThan(graphs / 6)
    expect(tally.differing).toBeLessThanOrEqual(tally.decisions / 1000)
  })

  it('PyTorch fixtures: the same maps and decisions within rounding', async () => {
    const tally = { decisions: 0, differing: 0 }
    let meetings = 0
    for (const name of torchCaseNames()) {
      const { onnx, input } = torchCase(name)
      for (const axis of range(input.shape.length).slice(1))
        if (
          await compareWay(
            'meet',
            never,
            always,
            await readOnnx(onnx),
            input,
            { sumAxis: axis, multiply: 'input' },
            tally
          )
        )
          meetings++
    }
    process.stdout.write(`meetings in ${meetings} contests of PyTorch fixtures: ${JSON.stringify(tally)}\n`)
    expect(meetings).toBeGreaterThan(4)
    expect(tally.differing).toBeLessThanOrEqual(tally.decisions / 1000)
  })
})

describe('the plan of a meeting', () => {
  const input = randomTensor([1, 3, 32, 32])
  const waysOf = async (engine: typeof always, labels: number, options: object) => {
    const { plan } = await planned(await engine.load(pooledNet(60, 32)), input, [range(labels)], options)
    return plan.layers.map(({ op, way }) => `${op} ${way}`)
  }

  it('says meet from the input up to it, and how things went above', async () => {
    const ways = await waysOf(always, 60, { sumAxis: 1 })
    const first = ways.findIndex((way) => !way.endsWith('meet'))
    expect(ways.slice(0, first)).toEqual(['Conv meet', 'Relu meet', 'MaxPool meet', 'Conv meet'].slice(0, first))
    expect(first).toBeGreaterThan(0)
    for (const way of ways.slice(first)) expect(way).not.toMatch(/meet$/)
  })

  it('has none where no axis is summed, where it is not wanted, and unasked for few labels or little work', async () => {
    for (const ways of [
      await waysOf(always, 60, {}),
      await waysOf(never, 60, { sumAxis: 1 }),
      await waysOf(cpuEngine(2), 60, { sumAxis: 1 }),
      await waysOf(cpuEngine(2), 20, { sumAxis: 1 })
    ])
      expect(ways.join()).not.toContain('meet')
  })
})

describe('the bits of a meeting', () => {
  const model = pooledNet(60, 32)
  const input = randomTensor([3, 3, 32, 32])
  const labels = range(3).map((n) => createRandom(n).permutation(60))
  const options = { multiply: 'input', sumAxis: 1, maps: labels.map((ofExample) => ofExample.slice(0, 2)) } as const

  it('are the same for threads, chunks and what is chosen for batches', async () => {
    const expected = await (await always.load(model)).contest(input, labels, options)
    for (const engine of [1, 3].map((threads) =>
      cpuEngine(threads, { waist: 'never', meet: 'always', batch: 'always' })
    ))
      for (const memory of [2 ** 28, 2 ** 21, 2 ** 20]) {
        const found = await planned(await engine.load(model), input, labels, { ...options, memory })
        expect(hasWay(found.plan, 'meet'), `meeting within ${memory} bytes`).toBe(true)
        expectSame(found.contest, expected)
      }
  })

  it('are those of no meeting where the budget does not hold it, with the same refusals', async () => {
    const crowded = pooledNet(60, 32, 4, 96)
    const [plain, session] = [await never.load(crowded), await always.load(crowded)]
    const run = async (s: typeof session, memory: number) =>
      planned(s, input, labels, { ...options, memory }).then(
        (done) => done,
        (error: { code: string; message: string }) => `${error.code}: ${error.message}`
      )
    const whole = await plain.contest(input, labels, options)
    const least = Number(/at least (\d+) bytes/.exec((await run(plain, 1)) as string)![1])
    const seen = { with: 0, without: 0, refused: 0 }
    for (const times of [0.5, 0.9, 0.999, 1, 1.01, 1.05, 1.1, 1.3, 1.6, 2, 3, 6]) {
      const found = await run(session, Math.floor(least * times))
      if (typeof found === 'string') {
        seen.refused++
        expect(found).toBe(await run(plain, Math.floor(least * times)))
      } else if (hasWay(found.plan, 'meet')) {
        seen.with++
        expectClose(found.contest, whole, { decisions: 0, differing: 0 })
      } else {
        seen.without++
        expectSame(found.contest, whole)
      }
    }
    expect(Math.min(seen.with, seen.without, seen.refused), JSON.stringify(seen)).toBeGreaterThan(0)
  })
})
