import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accuracy,
  batchOf,
  cgi,
  createCpuEngine,
  explainSession,
  firstExamples,
  fit,
  gradient,
  randomizeData,
  recipes,
  requirementsOf,
  spearman,
  type DataSet,
  type Method,
  type Model,
  type RandomizedData
} from '../src/index.js'
import { mnist } from './mnist.js'

// The data randomization test in small: the paper's CNN on the first examples of the real MNIST. `agon randomize-data mnist` is the whole of it.
const engine = createCpuEngine()
const examples = 500
const settings = {
  true: { epochs: 12, batch: 50 },
  permuted: { epochs: 80, batch: 50, schedule: 'constant', until: 0.97 }
} as const

let data: DataSet
let nets: RandomizedData
beforeAll(async () => {
  const whole = await mnist()
  data = { ...whole, test: firstExamples(whole.test, 2000) }
  nets = await randomizeData(engine, data, { net: 'cnn', examples, settings })
}, 300_000)

describe('the data randomization test on a part of MNIST', () => {
  it('knows permuted labels by heart, which help with no other picture', async () => {
    const { record, model } = nets.permuted
    expect(record).toMatchObject({ data: 'mnist', net: 'cnn', labels: 'permuted', examples })
    expect(record.trainAccuracy).toBeGreaterThan(0.95)
    expect(requirementsOf(record, 10).every(({ met }) => met)).toBe(true)
    expect(record.testAccuracy).toBeLessThan(0.2)
    const truth = await accuracy(engine, model, firstExamples(data.train, examples))
    expect(truth).toBeLessThan(0.2)
  })

  it('learns from true labels what helps with other pictures', () => {
    expect(nets.true.record.testAccuracy).toBeGreaterThan(0.85)
  })

  it.each<[string, Method]>([
    ['gradient', gradient()],
    ['cgi', cgi()]
  ])('%s maps of the two nets differ; those of the same net do not', async (_, method) => {
    const { input } = batchOf(data.test, [0, 1, 2, 3, 4, 5, 6, 7])
    const target = 'top'
    const mapsOf = async (model: Model, labels?: readonly number[]) => {
      const session = await engine.load(model)
      try {
        return await explainSession(session, input, method, { target: labels ?? target })
      } finally {
        session.dispose()
      }
    }
    const trained = await mapsOf(nets.true.model)
    const again = await mapsOf(nets.true.model, trained.target)
    const permuted = await mapsOf(nets.permuted.model, trained.target)
    const similar = (other: typeof trained) => {
      const size = trained.attribution.data.length / 8
      const each = Array.from({ length: 8 }, (_, n) =>
        spearman(
          trained.attribution.data.subarray(n * size, (n + 1) * size),
          other.attribution.data.subarray(n * size, (n + 1) * size)
        )
      )
      return each.reduce((a, b) => a + b) / 8
    }
    expect(similar(again)).toBe(1)
    expect(Math.abs(similar(permuted))).toBeLessThan(0.5)
  })

  it('gives the same bytes on one thread as on two, and where it was interrupted', async () => {
    const set = firstExamples(data.train, 96)
    const start = recipes.cnn.build({})
    const hashesOf = ({ constants }: Model) =>
      [...constants].map(([name, { data }]) => [name, createHash('sha256').update(data).digest('hex')])
    const options = { epochs: 2, batch: 40 }
    const one = await fit(createCpuEngine({ threads: 1 }), start, set, options)
    const two = await fit(createCpuEngine({ threads: 2 }), start, set, options)
    let kept: Uint8Array | undefined
    const checkpoint = { read: async () => kept, write: async (bytes: Uint8Array) => void (kept ??= bytes) }
    await fit(createCpuEngine({ threads: 2 }), start, set, { ...options, checkpoint, checkpointEvery: 4 })
    const resumed = await fit(createCpuEngine({ threads: 1 }), start, set, { ...options, checkpoint })
    expect(resumed.resumedAt).toBe(4)
    expect(hashesOf(two.model)).toEqual(hashesOf(one.model))
    expect(hashesOf(resumed.model)).toEqual(hashesOf(one.model))
    expect(resumed.history).toEqual(one.history)
  })
})
