import { createRandom, spearman, type Model } from '@agon/core'
import { modelOf, tinyResidual } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { redraw, weightedLayers, type RedrawOptions } from '../src/index.js'
import { changedIn, floatsOf } from './nets.js'

const random = createRandom(4)

/** Two dense layers of the same shape, a rectifier between. */
const twins = modelOf('twins', [200], (b) => {
  const dense = (x: string): string => b.add('Gemm', [x, b.weights([200, 200], 3), b.weights([200], 3)], { transB: 1 })
  return dense(b.add('Relu', [dense(b.input)]))
})

const redrawn = (model: Model, options: Partial<RedrawOptions> = {}) =>
  redraw(model, weightedLayers(model), { random, ...options })

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return { mean, deviation, most: values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) }
}

describe('redrawing layers', () => {
  it('changes the constants of these layers only: the others are the same objects, the given model is as before', () => {
    const { model } = tinyResidual()
    const before = new Map([...model.constants].map(([name, { data }]) => [name, data.slice()]))
    const layers = weightedLayers(model)
    const changed = redraw(model, layers.slice(1, 2), { random })
    expect(changedIn(model, changed).sort()).toEqual(layers[1]!.parameters.map(({ constant }) => constant).sort())
    for (const [name, { data }] of model.constants) expect(data).toEqual(before.get(name))
    expect(changed.nodes).toBe(model.nodes)
  })

  it('draws two layers of the same shape from streams of their own, and a layer alike whichever others are drawn', () => {
    const [first, last] = weightedLayers(twins)
    const [w1, w2] = [first!, last!].map(({ parameters }) => parameters[0]!.constant) as [string, string]
    for (const initialiser of ['xavier', 'truncated-normal', 'permutation'] as const) {
      const both = redrawn(twins, { initialiser })
      expect(Math.abs(spearman(floatsOf(both, w1), floatsOf(both, w2)))).toBeLessThan(0.02)
      const alone = redraw(twins, [last!], { random, initialiser })
      expect(floatsOf(alone, w2).every((value, i) => value === floatsOf(both, w2)[i])).toBe(true)
      const other = redraw(twins, [last!], { random: createRandom(5), initialiser })
      expect(Math.abs(spearman(floatsOf(other, w2), floatsOf(both, w2)))).toBeLessThan(0.02)
    }
  })

  it("'own': He's normal before a rectifier, Glorot's uniform elsewhere, biases 0", () => {
    const [first, last] = weightedLayers(twins)
    const both = redrawn(twins)
    const he = moments(floatsOf(both, first!.parameters[0]!.constant))
    expect(he.deviation).toBeCloseTo(Math.sqrt(2 / 200), 3)
    expect(he.most).toBeGreaterThan(3 * he.deviation)
    const glorot = moments(floatsOf(both, last!.parameters[0]!.constant))
    expect(glorot.most).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 400)))
    expect(glorot.deviation).toBeCloseTo(Math.sqrt(2 / 400), 3)
    expect(Math.abs(he.mean)).toBeLessThan(4 * (he.deviation / 200))
    expect(floatsOf(both, first!.parameters[1]!.constant).every((value) => value === 0)).toBe(true)
  })

  it("'xavier': Glorot's for all layers", () => {
    const both = redrawn(twins, { initialiser: 'xavier' })
    for (const { parameters } of weightedLayers(twins)) {
      expect(moments(floatsOf(both, parameters[0]!.constant)).most).toBeLessThanOrEqual(Math.fround(Math.sqrt(6 / 400)))
    }
  })

  it("'truncated-normal': cut at 2 sigma, which leaves .8796 sigma of deviation", () => {
    for (const [given, sigma] of [
      [{}, 0.01],
      [{ sigma: 0.5 }, 0.5]
    ] as const) {
      const drawn = moments(floatsOf(redrawn(twins, { initialiser: 'truncated-normal', ...given }), 'c0'))
      expect(drawn.most).toBeLessThanOrEqual(Math.fround(2 * sigma))
      expect(drawn.most).toBeGreaterThan(1.99 * sigma)
      expect(drawn.deviation / sigma).toBeCloseTo(0.8796, 2)
    }
  })

  it("'permutation': the trained numbers in another order, biases and statistics included", () => {
    const { model } = tinyResidual()
    const changed = redrawn(model, { initialiser: 'permutation' })
    const layers = weightedLayers(model)
    for (const { parameters } of layers) {
      for (const { constant } of parameters) {
        expect([...floatsOf(changed, constant)].sort()).toEqual([...floatsOf(model, constant)].sort())
        expect(floatsOf(changed, constant)).not.toEqual(floatsOf(model, constant))
      }
    }
    // A channel's mean and variance stay together.
    const [mean, variance] = layers[0]!.parameters.filter(({ role }) => role === 'mean' || role === 'variance')
    const pairs = (of: Model) =>
      [...floatsOf(of, mean!.constant)].map((m, c) => `${m} ${floatsOf(of, variance!.constant)[c]}`).sort()
    expect(pairs(changed)).toEqual(pairs(model))
  })

  it('statistics by policy: reset to 0 and 1 (default), kept, or permuted; scales 1 and shifts 0', () => {
    const { model } = tinyResidual()
    const [layer] = weightedLayers(model)
    const of = (statistics: RedrawOptions['statistics']) =>
      Object.fromEntries(
        layer!.parameters.map(({ constant, role }) => [role, [...floatsOf(redrawn(model, { statistics }), constant)]])
      )
    const trained = Object.fromEntries(
      layer!.parameters.map(({ constant, role }) => [role, [...floatsOf(model, constant)]])
    )
    const [ones, zeros] = [Array(6).fill(1), Array(6).fill(0)]
    expect(of(undefined)).toMatchObject({ scale: ones, shift: zeros, mean: zeros, variance: ones })
    expect(of('keep')).toMatchObject({ scale: ones, shift: zeros, mean: trained.mean, variance: trained.variance })
    expect(of('permute').mean!.sort()).toEqual(trained.mean!.sort())
  })

  it('draws tied weights once, for both that read them', () => {
    const model = modelOf('tied', [3], (b) => {
      const table = b.weights([9, 5])
      const words = b.add('Gather', [table, b.add('Cast', [b.input], { to: 7 })])
      return b.add('MatMul', [words, b.add('Transpose', [table], { perm: [1, 0] })])
    })
    expect(changedIn(model, redrawn(model))).toEqual(['c0'])
  })

  it('refuses options and layers that do not fit', () => {
    expect(() => redrawn(twins, { initialiser: 'he' as never })).toThrow(/truncated-normal/)
    expect(() => redrawn(twins, { sigma: 1 })).toThrow(/truncated-normal/)
    expect(() => redrawn(twins, { initialiser: 'truncated-normal', sigma: 0 })).toThrow(/a number > 0/)
    expect(() => redrawn(twins, { statistics: 'none' as never })).toThrow(/keep/)
    expect(() =>
      redraw(
        tinyResidual().model,
        weightedLayers(twins).map((layer) => ({
          ...layer,
          parameters: [{ ...layer.parameters[0]!, constant: 'none' }]
        })),
        { random }
      )
    ).toThrow(/no constant 'none'/)
  })
})
