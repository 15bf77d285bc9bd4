import { competitive, explain, sizeOf, type Method, type Model } from '@agon/core'
import {
  expectedGradients,
  gradient,
  gradientTimesInput,
  integratedGradients,
  smoothGrad,
  smoothGradSquared,
  varGrad
} from '@agon/methods'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bits, engine, normals, tanhNet } from './nets.js'

/** Draws from the stream itself, not from a fork of it: what a method of somebody else's may do. */
const drawing: Method = {
  name: 'drawing',
  async attribute({ session, input, targets, random }) {
    const { shape, data } = await session.vjp(input, { labels: targets })
    const noise = Float32Array.from(input.data, () => random.normal())
    return { shape, data: data.map((value, i) => Math.fround(value + noise[i % noise.length]!)) }
  }
}

const bases: readonly Method[] = [
  gradient(),
  gradientTimesInput(),
  integratedGradients({ steps: 5 }),
  expectedGradients({ samples: 4 }),
  smoothGrad({ samples: 4 }),
  smoothGrad({ samples: 3, base: integratedGradients({ steps: 3 }) }),
  smoothGradSquared({ samples: 4 }),
  varGrad({ samples: 4 }),
  drawing
]

/** The definition, label y against every other. */
function byDefinition(maps: readonly Float32Array[], y: number): number[] {
  return Array.from(maps[y]!, (own, i) => {
    const others = maps.filter((_, c) => c !== y).map((map) => map[i]!)
    const wins = (own > 0 && others.every((o) => own > o)) || (own < 0 && others.every((o) => own < o))
    return wins ? own : 0
  })
}

/** Competition is checked against the maps that the base gives label by label, on its own and with the same seed. */
async function isTheDefinition(base: Method, model: Model, memories: readonly number[], granularity = {}) {
  const session = await engine.load(model)
  const input = normals(2, sizeOf(model.inputs[0]!.shape.slice(1) as number[]))
  const shaped = { shape: [2, ...(model.inputs[0]!.shape.slice(1) as number[])], data: input.data }
  const labels = [0, 1, 2, 3]
  const alone = await Promise.all(labels.map((target) => explain(session, shaped, base, { target, seed: 3 })))
  const maps = alone.map(({ attribution }) => attribution.data)
  const expected = labels.map((label) => byDefinition(maps, label))
  expect(expected.flat().some((value) => value !== 0)).toBe(true)
  const method = competitive(base, { granularity: 'element', ...granularity })
  for (const memory of memories) {
    for (const target of [0, 2]) {
      const found = await explain(session, shaped, method, { target, seed: 3, memory })
      expect(found.attribution.shape).toEqual(alone[target]!.attribution.shape)
      expect([...found.attribution.data]).toEqual(expected[target])
    }
  }
}

describe.each(bases.map((base) => [base.name, base] as const))('competition over %s', (_, base) => {
  it('is the definition over its own maps, every label with the same draws, for any chunk of labels', async () => {
    const [oneLabel, twoLabels] = [2 ** 10, 2 * 16 * 12 * 2]
    await isTheDefinition(base, tanhNet(), [oneLabel, twoLabels, 2 ** 28])
  })

  it('has the same bits in every form for any chunk of labels', async () => {
    const [session, input] = [await engine.load(tanhNet()), normals(2, 6)]
    const forms = [{ competition: 'soft' }, { competition: 'margin' }, { groups: [[0, 3], [1], [2]] }] as const // prettier-ignore
    for (const form of forms) {
      const run = async (memory: number) =>
        bits((await explain(session, input, competitive(base, form), { target: 1, seed: 2, memory })).attribution)
      const whole = await run(2 ** 28)
      for (const memory of [2 ** 10, 2 * 16 * 12 * 2]) expect(await run(memory)).toEqual(whole)
    }
  })
})

describe('competition at a layer', () => {
  /** A picture, a convolution to 4 planes of 3 x 3, and two dense layers. */
  const picture = modelOf(
    'picture',
    [1, 5, 5],
    (b) => {
      const planes = b.add('Relu', [b.add('Conv', [b.input, b.weights([4, 1, 3, 3]), b.weights([4])])])
      const flat = b.add('Flatten', [planes])
      const hidden = b.add('Relu', [b.add('Gemm', [flat, b.weights([7, 36]), b.weights([7])], { transB: 1 })])
      return b.add('Gemm', [hidden, b.weights([4, 7]), b.weights([4])], { transB: 1 })
    },
    2
  )
  const [conv, , , dense] = picture.nodes
  const at = (wrt: string, multiply: 'none' | 'input' = 'none'): Method => ({
    name: `at-${wrt}`,
    pass: { cotangent: 'one', multiply, wrt }
  })

  it('is the definition over planes, and over features of a layer that is no picture', async () => {
    expect([conv!.op, dense!.op]).toEqual(['Conv', 'Gemm'])
    const memories = [2 ** 11, 2 ** 12, 2 ** 28]
    for (const multiply of ['none', 'input'] as const) {
      await isTheDefinition(at(conv!.outputs[0]!, multiply), picture, memories)
      await isTheDefinition(at(dense!.outputs[0]!, multiply), picture, memories)
      // Seven features of a picture's net: nothing is a channel that could be summed.
      await isTheDefinition(at(dense!.outputs[0]!, multiply), picture, memories, { granularity: 'pixel' })
    }
  })

  it('sums the planes of the layer for a contest of its positions', async () => {
    const session = await engine.load(picture)
    const input = { shape: [2, 1, 5, 5], data: normals(2, 25).data }
    const { attribution } = await explain(session, input, competitive(at(conv!.outputs[0]!)), { target: 0 })
    expect(attribution.shape).toEqual([2, 1, 3, 3])
  })
})
