import { explain, measure, type Method, type Tensor } from '@agon/core'
import { maxSensitivity, type MaxSensitivityOptions } from '@agon/metrics'
import { gradient, smoothGrad } from '@agon/methods'
import { tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { byHand, engine, normals, squareNet } from './nets.js'

const { model } = tinyMlp()
const input = normals([3, 10], 2)
const itself = byHand((x) => x)

async function scored(method: Method, options: Partial<MaxSensitivityOptions>, x = input, of = model) {
  return measure(await engine.load(of), x, method, maxSensitivity(options), { target: 0 })
}

const values = async (...of: Parameters<typeof scored>) => (await scored(...of)).map(({ value }) => value)

describe('max-sensitivity', () => {
  it('is the largest change over the norm of the map, by hand', async () => {
    const x: Tensor = { shape: [1, 2], data: Float32Array.of(3, 4) }
    const perturbed: Tensor = { shape: [1, 3, 2], data: Float32Array.of(3, 5, 3.5, 4, 1, 4) }
    expect(await scored(itself, { perturbed }, x, squareNet())).toEqual([{ value: 2 / 5, samples: 3 }])
    expect(await values(itself, { perturbed, form: 'raw' }, x, squareNet())).toEqual([2])
    expect(await values(gradient(), { perturbed, form: 'raw' }, x, squareNet())).toEqual([4])
  })

  it('perturbs within the cube, to a share of the range or by units of the input', async () => {
    const largest = async (options: Partial<MaxSensitivityOptions>, x = input): Promise<number> => {
      const seen: number[] = []
      const method = byHand((at) => {
        at.data.forEach((value, i) => seen.push(Math.abs(value - x.data[i]!)))
        return at
      })
      await scored(method, { samples: 40, ...options }, x)
      return Math.max(...seen)
    }
    const range = (n: number): number => {
      const own = input.data.subarray(10 * n, 10 * n + 10)
      return Math.max(...own) - Math.min(...own)
    }
    const units = await largest({ radius: 0.3, unit: 'input' })
    expect(units).toBeLessThan(0.3 + 1e-6)
    expect(units).toBeGreaterThan(0.29)
    const first = { shape: [1, 10], data: input.data.subarray(0, 10) }
    const share = (await largest({ radius: 0.1 }, first)) / range(0)
    expect(share).toBeLessThan(0.1 + 1e-6)
    expect(share).toBeGreaterThan(0.095)
    expect(await largest({ form: 'captum' })).toBeCloseTo(0.02, 3)
  })

  it('never falls with more samples, which include those of fewer', async () => {
    let last: { readonly values: readonly number[]; readonly seen: readonly Float32Array[] } = { values: [], seen: [] }
    for (const samples of [1, 2, 3, 6, 12]) {
      const seen: Float32Array[] = []
      const cubes = byHand((x) => {
        seen.push(x.data)
        return { ...x, data: x.data.map((value) => value ** 3) }
      })
      const found = await values(cubes, { samples, radius: 0.2 })
      expect(seen).toHaveLength(samples + 1)
      expect(seen.slice(0, last.seen.length)).toEqual(last.seen)
      last.values.forEach((value, n) => expect(found[n]).toBeGreaterThanOrEqual(value))
      last = { values: found, seen }
    }
  })

  it('explains the same label with the same seed: noise of the method is no change of the map', async () => {
    const session = await engine.load(model)
    const perturbed = { shape: [3, 2, 10], data: new Float32Array(60) }
    for (let n = 0; n < 3; n++) {
      for (const k of [0, 1]) perturbed.data.set(input.data.subarray(10 * n, 10 * n + 10), (2 * n + k) * 10)
    }
    const noisy = smoothGrad({ samples: 3 })
    const scores = await measure(session, input, noisy, maxSensitivity({ perturbed }), { seed: 4 })
    expect(scores.map(({ value }) => value)).toEqual([0, 0, 0])
    const far = { shape: [3, 1, 10], data: normals([30], 9).data }
    const { target } = await explain(session, input, gradient())
    const top = await measure(session, input, gradient(), maxSensitivity({ perturbed: far }))
    const named = await measure(session, input, gradient(), maxSensitivity({ perturbed: far }), { target })
    expect(top).toEqual(named)
  })

  it('a constant map scores 0, which is said to be no merit', async () => {
    const constant = byHand(({ shape, data }) => ({ shape, data: data.map(() => 1) }))
    for (const { value, note } of await scored(constant, {})) {
      expect(value).toBe(0)
      expect(note).toContain('no merit')
    }
  })

  it('is not divided where the map is 0 everywhere, and says so', async () => {
    const x = { shape: [1, 2], data: new Float32Array(2) }
    const perturbed: Tensor = { shape: [1, 1, 2], data: Float32Array.of(3, 4) }
    for (const form of ['relative', 'captum'] as const) {
      const [score] = await scored(itself, { form, perturbed }, x, squareNet())
      expect(score).toMatchObject({ value: 5, note: expect.stringContaining('not divided') as string })
    }
    expect(await scored(itself, { form: 'raw', perturbed }, x, squareNet())).toEqual([{ value: 5, samples: 1 }])
  })

  it('says that an example without a range was not perturbed', async () => {
    const [score] = await scored(gradient(), { samples: 2 }, { shape: [1, 10], data: new Float32Array(10).fill(3) })
    expect(score!.note).toContain("Give unit: 'input'")
  })

  it.each<[string, object]>([
    ['form', { form: 'max' }],
    ['samples', { samples: 0 }],
    ['radius', { radius: 0 }],
    ['unit', { unit: 'pixels' }],
    ['unit', { form: 'captum', unit: 'range' }]
  ])("refuses a wrong '%s'", (name, options) => {
    expect(() => maxSensitivity(options)).toThrow(new RegExp(`option '${name}' of max-sensitivity`))
  })

  it('stops between samples', async () => {
    const controller = new AbortController()
    let maps = 0
    const method = byHand((x) => {
      if (++maps === 3) controller.abort()
      return x
    })
    const session = await engine.load(model)
    const { signal } = controller
    const run = measure(session, input, method, maxSensitivity(), { target: 0, signal })
    await expect(run).rejects.toMatchObject({ name: 'AbortError' })
    expect(maps).toBe(3)
  })
})
