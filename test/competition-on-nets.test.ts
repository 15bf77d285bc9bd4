import {
  competitiveMap,
  createRandom,
  example,
  explain,
  keptShare,
  tensor,
  type Engine,
  type Model,
  type PerExample,
  type Tensor
} from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { cgi, gradientTimesInput } from '@agon/methods'
import { createCpuEngine } from '@agon/native'
import { describe, expect, it } from 'vitest'
import { smallNet } from './nets.js'

// Section 1 of "what is computed, exactly" on real nets, on every engine.
const engines: readonly (readonly [string, () => Engine])[] = [
  ['reference', createReferenceEngine],
  ['cpu', () => createCpuEngine({ threads: 2 })]
]

function picture(seed: number, examples = 1): Tensor {
  const random = createRandom(seed)
  return tensor(
    [examples, 2, 8, 8],
    Float32Array.from({ length: examples * 128 }, () => random.normal())
  )
}

const every = (labels: number): PerExample => [Array.from({ length: labels }, (_, label) => label)]

/** Sum of gradient (.) input over the input, for every label, beside the logits. */
async function completeness(engine: Engine, model: Model, input: Tensor, labels: number) {
  const session = await engine.load(model)
  const { data: logits } = await session.forward(input)
  const maps = await session.vjp(input, { labels: every(labels) })
  const sums = Array.from({ length: labels }, (_, l) =>
    input.data.reduce((sum, x, i) => sum + x * maps.data[l * input.data.length + i]!, 0)
  )
  session.dispose()
  return { logits: [...logits], sums }
}

/** Kept share of a fixed label over redrawn logit layers, against (2/K)(1 - 2^-K), whatever the layers below are. */
async function keepsShare(engine: Engine, labels: number, share: number, draws: number): Promise<void> {
  const input = picture(3)
  const kept: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const session = await engine.load(smallNet({ labels, seed: 1, logitSeed: 100 + draw }))
    const { attribution, contest } = await explain(session, input, cgi({ granularity: 'element' }), { target: 1 })
    const live = contest!.best.reduce((count, best, i) => count + (best !== contest!.worst[i] ? 1 : 0), 0)
    expect(live).toBeGreaterThan(90)
    kept.push((keptShare(attribution.data) * attribution.data.length) / live)
    session.dispose()
  }
  const mean = kept.reduce((a, b) => a + b) / draws
  const spread = Math.sqrt(kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1) / draws)
  expect(Math.abs(mean - share)).toBeLessThan(4 * spread)
  expect(spread).toBeLessThan(0.35 * share)
}

describe.each(engines)('the competition on %s', (_, create) => {
  it.each(['MaxPool', 'AveragePool'] as const)(
    'bias-free nets with %s: gradient (.) input sums to the logit, for every label',
    async (pool) => {
      for (let seed = 1; seed <= 5; seed++) {
        const model = smallNet({ labels: 7, seed, pool })
        const { logits, sums } = await completeness(create(), model, picture(seed), 7)
        const scale = Math.max(...logits.map(Math.abs))
        logits.forEach((logit, label) => expect(Math.abs(sums[label]! - logit) / scale).toBeLessThan(1e-5))
      }
    }
  )

  it('with biases the sum misses the logit: the test above can fail', async () => {
    const { logits, sums } = await completeness(create(), smallNet({ labels: 7, seed: 1, bias: 0.5 }), picture(1), 7)
    expect(Math.max(...logits.map((logit, label) => Math.abs(sums[label]! - logit)))).toBeGreaterThan(0.05)
  })

  it.each([
    [2, 0.75],
    [4, 0.46875],
    [10, 0.19980469]
  ] as const)(
    'with the logit layer of %i labels redrawn, a fixed label keeps %f of the live elements',
    (labels, share) => keepsShare(create(), labels, share, 60)
  )

  it('keeps the bits of the base map and zeroes the rest, for pixels and for elements', async () => {
    const session = await create().load(smallNet({ labels: 6, seed: 2, bias: 0.1 }))
    const input = picture(4, 3)
    const base = await explain(session, input, gradientTimesInput(), { target: [0, 3, 5] })
    const element = await explain(session, input, cgi({ granularity: 'element' }), { target: [0, 3, 5] })
    let kept = 0
    element.attribution.data.forEach((value, i) => {
      if (value === 0) return expect(Object.is(value, 0)).toBe(true)
      kept++
      return expect(value).toBe(base.attribution.data[i])
    })
    expect(kept).toBeGreaterThan(10)
    const pixel = await explain(session, input, cgi(), { target: [0, 3, 5] })
    expect(pixel.attribution.shape).toEqual([3, 1, 8, 8])
    pixel.attribution.data.forEach((value, i) => {
      const at = Math.floor(i / 64) * 128 + (i % 64)
      if (value !== 0) expect(value).toBe(Math.fround(base.attribution.data[at]! + base.attribution.data[at + 64]!))
    })
    session.dispose()
  })

  it('permuting the labels permutes the maps; a common positive factor on the logits changes no decision', async () => {
    const model = smallNet({ labels: 6, seed: 5 })
    const order = createRandom(9).permutation(6)
    const input = picture(6)
    const mapOf = async (changed: Model, label: number) => {
      const session = await create().load(changed)
      const { attribution } = await explain(session, input, cgi(), { target: label })
      session.dispose()
      return attribution.data
    }
    const permuted = withLogitRows(model, (rows) => order.map((label) => rows[label]!))
    const doubled = withLogitRows(model, (rows) => rows.map((row) => row.map((w) => 2 * w)))
    for (const [place, label] of order.entries()) {
      const map = await mapOf(model, label)
      expect(await mapOf(permuted, place)).toEqual(map)
      expect(await mapOf(doubled, label)).toEqual(map.map((value) => 2 * value))
    }
  })

  it('lets a list of labels compete with the target of every example, whatever the batch', async () => {
    const session = await create().load(smallNet({ labels: 6, seed: 7, bias: 0.1 }))
    const input = picture(8, 2)
    const target = [1, 4]
    const both = await explain(session, input, cgi(), { target, labels: [0, 1] })
    expect(both.contestants).toEqual([
      [0, 1],
      [0, 1, 4]
    ])
    for (const n of [0, 1]) {
      const alone = await explain(session, example(input, n), cgi(), { target: target[n]!, labels: [0, 1] })
      expect(alone.attribution.data).toEqual(both.attribution.data.slice(n * 64, (n + 1) * 64))
    }
    session.dispose()
  })

  it('gives the same bits for every byte budget and batch', async () => {
    const session = await create().load(smallNet({ labels: 100, seed: 7, bias: 0.1 }))
    const input = picture(8, 3)
    const whole = await explain(session, input, cgi())
    for (const memory of [2 ** 18, 2 ** 20, 2 ** 28]) {
      const again = await explain(session, input, cgi(), { memory })
      expect(again.contest).toEqual(whole.contest)
    }
    for (let n = 0; n < 3; n++) {
      const one = tensor([1, 2, 8, 8], input.data.slice(n * 128, (n + 1) * 128))
      const alone = await explain(session, one, cgi())
      expect(alone.attribution.data).toEqual(whole.attribution.data.slice(n * 64, (n + 1) * 64))
    }
    session.dispose()
  })
})

describe('an ImageNet-sized competition', () => {
  it('with the logit layer of 1000 labels redrawn, a fixed label keeps 0.002 of the live elements', () =>
    keepsShare(createCpuEngine({ threads: 2 }), 1000, 0.002, 100))
})

describe('the engines agree', () => {
  it('on values within rounding, and on every decision whose margin is above it', async () => {
    const model = smallNet({ labels: 50, seed: 11, bias: 0.1 })
    const input = picture(12, 2)
    const [reference, cpu] = await Promise.all(
      engines.map(async ([, create]) => {
        const session = await create().load(model)
        const { contest } = await explain(session, input, cgi())
        return contest!
      })
    )
    const scale = Math.max(...reference!.best.map(Math.abs), ...reference!.worst.map(Math.abs))
    const rounding = 1e-5 * scale
    reference!.best.forEach((best, i) => {
      expect(Math.abs(best - cpu!.best[i]!)).toBeLessThan(rounding)
      if (best - reference!.runnerUp[i]! > 2 * rounding) expect(cpu!.bestLabel[i]).toBe(reference!.bestLabel[i])
    })
    reference!.worst.forEach((worst, i) => {
      expect(Math.abs(worst - cpu!.worst[i]!)).toBeLessThan(rounding)
      if (reference!.runnerDown[i]! - worst > 2 * rounding) expect(cpu!.worstLabel[i]).toBe(reference!.worstLabel[i])
    })
    for (let label = 0; label < 50; label++) {
      const [a, b] = [reference!, cpu!].map((contest) => competitiveMap(contest, [[label], [label]]).data)
      a!.forEach((value, i) => {
        if (value !== 0 && b![i] !== 0) expect(Math.abs(value - b![i]!)).toBeLessThan(rounding)
      })
    }
  })
})

function withLogitRows(model: Model, change: (rows: Float32Array[]) => Float32Array[]): Model {
  const weights = model.constants.get('w3')!
  if (weights.dtype !== 'float32') throw new Error('weights are float32')
  const width = weights.shape[1]!
  const rows = Array.from({ length: weights.shape[0]! }, (_, r) => weights.data.slice(r * width, (r + 1) * width))
  const data = Float32Array.from(change(rows).flatMap((row) => [...row]))
  return { ...model, constants: new Map(model.constants).set('w3', { ...weights, data }) }
}
