import { competitive, type Method } from '@agon/core'
import type { InfidelityOptions } from '@agon/metrics'
import { cgi, deepLiftShap, gradientTimesInput, integratedGradients, occlusion } from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { byHand, linearNet, linearPictureNet, normals, scored } from './nets.js'

const flat = normals([3, 6])
const pictures = normals([2, 3, 4, 5])

describe('maps that are multiplied by the input', () => {
  it.each<[string, Method]>([
    ['a pass', gradientTimesInput()],
    ['a program', integratedGradients()],
    ['a competition', cgi()],
    ['a competition of any method', competitive(occlusion(), { granularity: 'element' })]
  ])("are refused by the authors' form with I = x - x0, and are not in Captum's: %s", async (_, method) => {
    for (const perturbation of ['subset', 'noisy-baseline', 'baseline-difference'] as const) {
      const refused = scored(linearNet(), flat, method, { form: 'authors', perturbation })
      await expect(refused).rejects.toMatchObject({
        code: 'AGON_BAD_OPTION',
        remedy: expect.stringContaining("form: 'captum'") as string
      })
      await scored(linearNet(), flat, method, { perturbation })
    }
    const [score] = await scored(linearNet(), flat, method, { form: 'authors', perturbation: 'gaussian', samples: 2 })
    expect(score!.note).toContain('not in units of the logit')
  })

  it('may be said to be, or not to be', async () => {
    const unknown = byHand((input) => input)
    const [score] = await scored(linearNet(), flat, unknown, { samples: 2 })
    expect(score!.note).toContain('does not say')
    for (const multiplier of ['none', 'input'] as const) {
      const [said] = await scored(linearNet(), flat, unknown, { samples: 2, multiplier })
      expect(said!.note).toBeUndefined()
      expect(said!.value === score!.value).toBe(multiplier === 'none')
    }
  })

  it.each<[string, Method]>([
    ["'mean'", occlusion({ baseline: 'mean' })],
    ['a set of them', deepLiftShap({ baselines: normals([2, 6]) })]
  ])('need one baseline, not %s', async (_, method) => {
    await expect(scored(linearNet(), flat, method, {})).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
    await scored(linearNet(), flat, method, { multiplier: 'none' })
  })
})

describe('maps that are summed over the channels', () => {
  const summed = (times: boolean) =>
    byHand(
      ({ shape, data }) => {
        const map = new Float32Array(shape[0]! * 20)
        data.forEach((value, i) => {
          const at = Math.floor(i / 60) * 20 + (i % 20)
          map[at] = map[at]! + weights[i % 60]! * (times ? value : 1)
        })
        return { shape: [shape[0]!, 1, 4, 5], data: map }
      },
      { multiplier: times ? 'input' : 'none' }
    )
  const weights = (() => {
    const constants = [...linearPictureNet().constants.values()]
    const data = constants.find(({ shape }) => shape.join() === '3,60')!.data as Float32Array
    return data.subarray(0, 60)
  })()
  const dotted = { ...pictures, data: pictures.data.map((value, i) => (i % 7 === 0 ? 0 : value)) }

  it.each<[string, Method, Partial<InfidelityOptions>]>([
    [
      'the gradient with noise alike in all channels',
      summed(false),
      { perturbation: 'gaussian', granularity: 'pixel' }
    ],
    ['gradient (.) input with whole pixels', summed(true), {}],
    ['gradient (.) input with squares', summed(true), { perturbation: 'square' }]
  ])('are exact where it can be told: %s', async (_, method, options) => {
    for (const { value, note } of await scored(linearPictureNet(), dotted, method, options)) {
      expect(value).toBeLessThan(1e-8)
      expect(note).toBeUndefined()
    }
  })

  it.each<[string, Method, Partial<InfidelityOptions>]>([
    ['the gradient with other noise in every channel', summed(false), { perturbation: 'gaussian' }],
    ['the gradient with subsets', summed(false), {}],
    ['gradient (.) input with subsets of elements', summed(true), { granularity: 'element' }]
  ])('are shared out evenly elsewhere, and it is said: %s', async (_, method, options) => {
    for (const { value, note } of await scored(linearPictureNet(), dotted, method, options)) {
      expect(value).toBeGreaterThan(1e-3)
      expect(note).toContain('even share')
    }
  })

  it('are refused where they do not lie on the input', async () => {
    const small = byHand(({ shape }) => ({ shape: [shape[0]!, 1, 2, 2], data: new Float32Array(4 * shape[0]!) }))
    await expect(scored(linearPictureNet(), pictures, small, {})).rejects.toMatchObject({ code: 'AGON_BAD_INPUT' })
  })
})
