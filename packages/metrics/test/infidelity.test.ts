import { competitive, measure, type Method, type Model, type Tensor } from '@agon/core'
import { infidelity, infidelityOf, type InfidelityOptions } from '@agon/metrics'
import { cgi, gradient, gradientTimesInput, integratedGradients, occlusion } from '@agon/methods'
import { tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { byHand, engine, linearNet, linearPictureNet, normals, squareNet, watched } from './nets.js'

const flat = normals([3, 6])
const pictures = normals([2, 3, 4, 5])

/** Scores by infidelity with these options. */
async function scored(
  model: Model,
  input: Tensor,
  method: Method,
  given: Partial<InfidelityOptions>,
  options: Parameters<typeof measure>[4] = {}
) {
  return measure(await engine.load(model), input, method, infidelity(given), { target: 0, ...options })
}

const values = async (...of: Parameters<typeof scored>) => (await scored(...of)).map(({ value }) => value)

describe('infidelityOf', () => {
  it('is the mean squared error, with the standard deviation of the squared errors', () => {
    expect(infidelityOf([1, 2, 3], [1, 1, 1])).toEqual({
      value: 5 / 3,
      spread: expect.closeTo(2.0816659994661),
      beta: 1
    })
  })
  it('is scaled by the factor that fits best', () => {
    expect(infidelityOf([1, 2], [3, 5], { scaled: true })).toMatchObject({ value: expect.closeTo(0.1), beta: 2.6 })
    expect(infidelityOf([2, 4, 6], [1, 2, 3], { scaled: true })).toEqual({ value: 0, spread: 0, beta: 0.5 })
  })
  it('of nothing but zeros is the mean squared difference, scaled or not', () => {
    for (const scaled of [false, true]) expect(infidelityOf([0, 0], [1, 3], { scaled }).value).toBe(5)
  })
  it('has no spread with one perturbation', () => {
    expect(infidelityOf([2], [5])).toEqual({ value: 9, beta: 1 })
  })
})

describe('of a linear model', () => {
  const size = async (input: Tensor, options: Partial<InfidelityOptions>, model: Model) =>
    values(
      model,
      input,
      byHand(({ shape, data }) => ({ shape, data: data.map(() => 0) }), { multiplier: 'none' }),
      options
    )

  it.each<[Partial<InfidelityOptions>]>([
    [{ perturbation: 'subset', share: 0.4 }],
    [{ perturbation: 'gaussian' }],
    [{ perturbation: 'gaussian', sigma: 3, granularity: 'pixel' }],
    [{ perturbation: 'noisy-baseline', baseline: 0.3 }],
    [{ perturbation: 'baseline-difference' }]
  ])('the gradient scores 0: %o', async (options) => {
    for (const form of ['captum', 'authors'] as const) {
      const found = await values(linearNet(), flat, gradient(), { ...options, form })
      const zero = await size(flat, options, linearNet())
      found.forEach((value, n) => expect(value).toBeLessThan(1e-10 * zero[n]!))
    }
  })

  it('the gradient scores 0 by squares', async () => {
    const found = await values(linearPictureNet(), pictures, gradient(), { perturbation: 'square', samples: 9 })
    const zero = await size(pictures, { perturbation: 'square', samples: 9 }, linearPictureNet())
    found.forEach((value, n) => expect(value).toBeLessThan(1e-10 * zero[n]!))
  })

  it.each([
    ['gradient-times-input', gradientTimesInput(), undefined],
    ['integrated-gradients', integratedGradients({ steps: 2, baseline: 0.5 }), undefined],
    ['global gradient', gradient({ multiplier: 'global' }), { shape: [6], data: Float32Array.of(1, 0, 2, 0, 0, -1) }],
    ['occlusion', occlusion({ window: 1 }), undefined]
  ])("maps that are multiplied by the input score 0 in Captum's form: %s", async (_, method, baseline) => {
    for (const perturbation of ['gaussian', 'subset', 'noisy-baseline'] as const) {
      const found = await values(linearNet(), flat, method, { perturbation }, baseline && { baseline })
      found.forEach((value) => expect(value).toBeLessThan(1e-8))
    }
  })

  it('a map three times too large scores 4 times the mean squared difference, and 0 when scaled', async () => {
    const triple: Method = { ...gradient(), pass: { ...gradient().pass!, rules: undefined! } }
    const session = await engine.load(linearNet())
    const seeds = await session.vjp(flat, { labels: [[0], [0], [0]] })
    const large = byHand(({ shape }) => ({ shape, data: seeds.data.map((value) => 3 * value) }), { multiplier: 'none' })
    const none = byHand(({ shape, data }) => ({ shape, data: data.map(() => 0) }), { multiplier: 'none' })
    expect(triple.name).toBe('gradient')
    const [found, zero] = [await values(linearNet(), flat, large, {}), await values(linearNet(), flat, none, {})]
    found.forEach((value, n) => expect(value / zero[n]!).toBeCloseTo(4, 4))
    for (const value of await values(linearNet(), flat, large, { scaled: true })) expect(value).toBeLessThan(1e-8)
  })
})

describe('of a sum of squares, by hand', () => {
  const x: Tensor = { shape: [1, 2], data: Float32Array.of(3, 1) }

  it('I = x: the gradient tells 20 where 10 is lost, integrated gradients 10', async () => {
    const perturbation = 'baseline-difference'
    expect(await scored(squareNet(), x, gradient(), { perturbation })).toEqual([{ value: 100, samples: 1 }])
    expect((await values(squareNet(), x, integratedGradients(), { perturbation }))[0]).toBeCloseTo(0, 8)
    expect(await values(squareNet(), x, gradient(), { perturbation, baseline: 1 })).toEqual([16])
  })

  it('I normal: the mean of |I|^4 = 8 sigma^4', async () => {
    const [score] = await scored(squareNet(), x, gradient(), { perturbation: 'gaussian', sigma: 0.5, samples: 4000 })
    expect(score!.samples).toBe(4000)
    expect(score!.value / 0.5).toBeGreaterThan(0.9)
    expect(score!.value / 0.5).toBeLessThan(1.1)
    expect(score!.spread! / Math.sqrt(320 * 0.5 ** 8)).toBeCloseTo(1, 0)
  })

  it('one noise for all elements: |I|^4 = 4 e^4 with mean 12 sigma^4', async () => {
    const options = {
      perturbation: 'gaussian',
      sigma: 0.5,
      samples: 4000,
      granularity: 'pixel',
      channelAxis: 1
    } as const
    const [value] = await values(squareNet(), x, gradient(), options)
    expect(value! / 0.75).toBeGreaterThan(0.85)
    expect(value! / 0.75).toBeLessThan(1.15)
  })

  it('subsets of one: 81 or 1, half of each', async () => {
    const [value] = await values(squareNet(), x, gradient(), { share: 0.5, samples: 400 })
    expect(value).toBeGreaterThan(35)
    expect(value).toBeLessThan(47)
  })
})

describe('squares', () => {
  it('are all taken once where there are no more than samples', async () => {
    // 2 x 3 pixels: 6 of side 1 and 2 of side 2; the square of side 1 at pixel p loses w_p x_p, and a map of zeros tells nothing.
    const input = normals([1, 3, 4, 5])
    const ones = { ...input, data: input.data.map(() => 1) }
    const session = await engine.load(linearPictureNet())
    const { data: w } = await session.vjp(ones, { labels: [[0]] })
    const at = (y: number, x: number): number => [0, 1, 2].reduce((sum, c) => sum + w[c * 20 + y * 5 + x]!, 0)
    let sum = 0
    let count = 0
    for (const side of [1, 2, 3, 4]) {
      for (let y = 0; y + side <= 4; y++) {
        for (let x = 0; x + side <= 5; x++) {
          let lost = 0
          for (let i = 0; i < side * side; i++) lost += at(y + Math.floor(i / side), x + (i % side))
          sum += lost ** 2
          count++
        }
      }
    }
    const zeros = byHand(({ shape, data }) => ({ shape, data: new Float32Array(data.length) }), { multiplier: 'none' })
    const [score] = await scored(linearPictureNet(), ones, zeros, { perturbation: 'square', samples: 1000 })
    expect(score!.samples).toBe(count)
    expect(score!.value / (sum / count)).toBeCloseTo(1, 5)
  })

  it('are of pictures only', async () => {
    await expect(scored(linearNet(), flat, gradient(), { perturbation: 'square' })).rejects.toMatchObject({
      code: 'AGON_BAD_INPUT'
    })
  })
})

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
      await scored(linearNet(), flat, method, { perturbation, samples: 1 } as Partial<InfidelityOptions>).catch(
        (error: Error) => expect(error.message).toContain("option 'samples'")
      )
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

  it.each([{ baseline: 'mean' as const }])('need one baseline: %o', async (options) => {
    await expect(scored(linearNet(), flat, occlusion(options), {})).rejects.toMatchObject({ code: 'AGON_BAD_OPTION' })
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
      await measure({ ...session, forward }, one, gradient(), metric, { target: 0, memory: 1 })
      return rows.map((row) => row)
    }
    const [few, many] = [await seen(8), await seen(40)]
    for (const row of many) expect(row.filter((value, i) => value !== input.data[i])).toHaveLength(1)
    expect(many.slice(0, few.length)).toEqual(few)
  })

  it('go in batches within the byte budget, and stop between them', async () => {
    const controller = new AbortController()
    const counted = watched(await engine.load(model))
    const metric = infidelity({ samples: 10 })
    await measure(counted.session, input, gradient(), metric, { target: 0, memory: 4 * (10 + 7) * 4 })
    expect(Math.max(...counted.batches.slice(1))).toBe(4)
    expect(counted.batches.slice(1).reduce((sum, count) => sum + count, 0)).toBe(30)
    const stopped = watched(await engine.load(model), () => stopped.batches.length === 3 && controller.abort())
    const { signal } = controller
    const run = measure(stopped.session, input, gradient(), metric, { target: 0, memory: 1, signal })
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
