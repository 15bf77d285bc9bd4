import { measure } from '@agon/core'
import { infidelity, type InfidelityOptions } from '@agon/metrics'
import { gradient } from '@agon/methods'
import { modelOf, tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine, linearNet, normals, scored, silent, watched } from './nets.js'

const flat = normals([3, 6])

/** Where example k of 12 elements is 0. */
const zerosOf = (data: Float32Array, k: number): number[] =>
  Array.from({ length: 12 }, (_, i) => i).filter((i) => data[12 * k + i] === 0)

describe('perturbed inputs', () => {
  const { model } = tinyMlp()
  const input = normals([3, 10], 2)

  it('are made from the input, not from one another: more of them keep the first ones', async () => {
    const rows: Float32Array[] = []
    const seen = async (samples: number): Promise<readonly Float32Array[]> => {
      rows.length = 0
      const session = await engine.load(model)
      const forward: typeof session.forward = (batch, options) => {
        if (batch.shape[0] !== 1 || batch.data[0] !== input.data[0]) rows.push(batch.data.slice())
        return session.forward(batch, options)
      }
      const one = { shape: [1, 10], data: input.data.subarray(0, 10) }
      const metric = infidelity({ samples, share: 0.1, granularity: 'element' })
      await measure({ ...session, forward }, one, silent, metric, { target: 0, memory: 1 })
      return rows.map((row) => row)
    }
    const [few, many] = [await seen(8), await seen(40)]
    for (const row of many) expect(row.filter((value, i) => value !== input.data[i])).toHaveLength(1)
    expect(many.slice(0, few.length)).toEqual(few)
  })

  it('are perturbed in all channels of a position alike, along the axis that is named', async () => {
    const tokens = modelOf('tokens', [4, 3], (b) => b.add('ReduceMean', [b.input, b.integers([1])], { keepdims: 0 }))
    const ones = { shape: [1, 4, 3], data: new Float32Array(12).fill(1) }
    for (const channelAxis of [1, 2]) {
      const seen: number[][] = []
      const session = await engine.load(tokens)
      const forward: typeof session.forward = (batch, options) => {
        if (batch.shape[0] === 30) seen.push(...Array.from({ length: 30 }, (_, k) => zerosOf(batch.data, k)))
        return session.forward(batch, options)
      }
      const metric = infidelity({ samples: 30, share: 0.01, channelAxis })
      await measure({ ...session, forward }, ones, silent, metric, { target: 0 })
      const positions =
        channelAxis === 2
          ? [0, 1, 2, 3].map((t) => [0, 1, 2].map((e) => 3 * t + e))
          : [0, 1, 2].map((e) => [e, e + 3, e + 6, e + 9])
      expect(new Set(seen.map(String))).toEqual(new Set(positions.map(String)))
    }
    await expect(scored(tokens, ones, silent, {})).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
  })

  it('go in batches within half of the byte budget, and stop between them', async () => {
    const controller = new AbortController()
    const counted = watched(await engine.load(model))
    const metric = infidelity({ samples: 10 })
    await measure(counted.session, input, silent, metric, { target: 0, memory: 2 * 4 * (10 + 7) * 4 })
    expect(Math.max(...counted.batches.slice(1))).toBe(4)
    expect(counted.batches.slice(1).reduce((sum, count) => sum + count, 0)).toBe(30)
    const stopped = watched(await engine.load(model), () => stopped.batches.length === 3 && controller.abort())
    const { signal } = controller
    const run = measure(stopped.session, input, silent, metric, { target: 0, memory: 1, signal })
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    expect(stopped.batches).toHaveLength(3)
  })

  it('of an example without a range are said not to be perturbed', async () => {
    const constant = { shape: [1, 10], data: new Float32Array(10).fill(2) }
    const [score] = await scored(model, constant, gradient(), { perturbation: 'gaussian', samples: 2 })
    expect(score).toMatchObject({ value: 0, note: expect.stringContaining('Give sigma') as string })
  })
})

describe('options', () => {
  it.each<[string, object]>([
    ['perturbation', { perturbation: 'squares' }],
    ['form', { form: 'paper' }],
    ['multiplier', { multiplier: 'global' }],
    ['sigma', { sigma: 1 }],
    ['samples', { perturbation: 'baseline-difference', samples: 3 }],
    ['side', { perturbation: 'square', side: 0 }],
    ['share', { share: 0 }],
    ['noise', { perturbation: 'gaussian', noise: -1 }],
    ['granularity', { granularity: 'channel' }],
    ['perturbed', { perturbation: 'given' }]
  ])("refuses a wrong '%s'", (name, options) => {
    expect(() => infidelity(options)).toThrow(new RegExp(`option '${name}' of infidelity`))
  })

  it.each<[string, Partial<InfidelityOptions>]>([
    ['another shape', { perturbed: normals([3, 2, 5]) }],
    ['other examples', { perturbed: normals([2, 2, 6]) }],
    ['other perturbations', { perturbed: normals([3, 2, 6]), perturbations: normals([3, 4, 6]) }]
  ])('refuses given tensors of %s', async (_, options) => {
    const run = scored(linearNet(), flat, gradient(), { perturbation: 'given', ...options })
    await expect(run).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })

  it('are all said, and so is the formula', () => {
    const { options, formula } = infidelity({ scaled: true, samples: 7 })
    expect(options).toMatchObject({ form: 'captum', scaled: true, perturbation: 'subset', samples: 7, share: 0.1 })
    expect(formula).toContain('beta')
  })
})
