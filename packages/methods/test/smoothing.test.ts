import { explain, tensor, type ExplainOptions, type Method, type Tensor } from '@agon/core'
import {
  competitiveGradient,
  gradient,
  gradientTimesInput,
  integratedGradients,
  smoothGrad,
  smoothGradSquared,
  varGrad
} from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { bits, engine, linearNet, normals, tanhNet } from './nets.js'

const bases = [gradient(), gradientTimesInput(), integratedGradients({ steps: 3 }), competitiveGradient()]
const loaded = engine.load(tanhNet())

async function map(method: Method, options: ExplainOptions = {}, input = normals(2, 6)): Promise<Tensor> {
  return (await explain(await loaded, input, method, { target: 1, seed: 5, ...options })).attribution
}

describe('without noise', () => {
  it.each(bases.map((base) => [base.name, base] as const))(
    'SmoothGrad of %s is that map, VarGrad is 0',
    async (_, base) => {
      const quiet = { base, noise: 0, samples: 7 }
      expect(bits(await map(smoothGrad(quiet)))).toEqual(bits(await map(base)))
      expect((await map(varGrad(quiet))).data.every((value) => value === 0)).toBe(true)
      const squares = (await map(base)).data.map((value) => value * value)
      expect((await map(smoothGradSquared(quiet))).data).toEqual(squares)
    }
  )

  it('a constant input has no range to take a share of, which is said', async () => {
    const flat = tensor([2, 6], new Float32Array(12).fill(0.5))
    const said = await explain(await loaded, flat, smoothGrad({ samples: 2 }), { target: 1 })
    expect(said.notes.map(({ code }) => code)).toEqual(['no-noise', 'no-noise'])
    expect(said.notes[1]!.message).toContain('example 1')
    expect(bits(said.attribution)).toEqual(bits(await map(gradient(), {}, flat)))
    const noisy = await explain(await loaded, flat, smoothGrad({ samples: 2, sigma: 0.3 }), { target: 1 })
    expect(noisy.notes).toEqual([])
    expect(bits(noisy.attribution)).not.toEqual(bits(said.attribution))
  })
})

describe('with noise', () => {
  it('SmoothGrad-squared is SmoothGrad squared plus VarGrad, so never less than SmoothGrad squared', async () => {
    const options = { samples: 9, noise: 0.3 }
    const [mean, squared, variance] = await Promise.all(
      [smoothGrad, smoothGradSquared, varGrad].map((make) => map(make(options)))
    )
    squared!.data.forEach((value, i) => {
      const square = mean!.data[i]! ** 2
      expect(value).toBeGreaterThan(square)
      expect(variance!.data[i]).toBeGreaterThan(0)
      expect(value).toBeCloseTo(square + variance!.data[i]!, 5)
    })
  })

  it('the deviation is a share of the range of each example, or sigma as it is', async () => {
    const input = normals(2, 6)
    const ranges = [0, 1].map((n) => {
      const x = input.data.slice(6 * n, 6 * n + 6)
      return Math.max(...x) - Math.min(...x)
    })
    const shared = await map(smoothGrad({ noise: 0.2, samples: 3 }))
    for (const n of [0, 1]) {
      const own = await map(smoothGrad({ sigma: 0.2 * ranges[n]!, samples: 3 }))
      expect(bits(own).slice(6 * n, 6 * n + 6)).toEqual(bits(shared).slice(6 * n, 6 * n + 6))
    }
  })

  it('has mean 0 and the deviation that was asked for', async () => {
    const seen: number[] = []
    const spy: Method = {
      name: 'spy',
      attribute: async ({ input, targets }) => {
        seen.push(...input.data)
        return { shape: [targets[0]!.length, ...input.shape], data: input.data }
      }
    }
    const input = tensor([1, 6], [0, 0, 0, 0, 0, 0])
    await map(smoothGrad({ base: spy, sigma: 2, samples: 3000 }), {}, input)
    const mean = seen.reduce((a, b) => a + b) / seen.length
    const variance = seen.reduce((sum, value) => sum + (value - mean) ** 2, 0) / seen.length
    expect(Math.abs(mean)).toBeLessThan(4 * (2 / Math.sqrt(18_000)))
    expect(Math.abs(variance / 4 - 1)).toBeLessThan(4 * Math.sqrt(2 / 18_000))
  })

  it('on a linear model every gradient is the same: nothing changes and nothing varies', async () => {
    const session = await engine.load(linearNet())
    const run = async (method: Method) => (await explain(session, normals(2, 6), method, { target: 0 })).attribution
    expect(bits(await run(smoothGrad()))).toEqual(bits(await run(gradient())))
    expect((await run(varGrad())).data.every((value) => value === 0)).toBe(true)
  })

  it('comes nearer to the mean of many as samples are added', async () => {
    const far = async (samples: number, truth: Tensor): Promise<number> => {
      const found = await map(smoothGrad({ samples }), { seed: 1 })
      return Math.sqrt(found.data.reduce((sum, value, i) => sum + (value - truth.data[i]!) ** 2, 0))
    }
    const truth = await map(smoothGrad({ samples: 20_000 }), { seed: 2 })
    expect(await far(2000, truth)).toBeLessThan((await far(20, truth)) / 3)
  })
})

describe('the seed', () => {
  it('decides the noise and is recorded', async () => {
    const run = async (seed: number) =>
      explain(await loaded, normals(2, 6), smoothGrad({ samples: 3 }), { target: 1, seed })
    const [one, again, other] = [await run(1), await run(1), await run(2)]
    expect(bits(one.attribution)).toEqual(bits(again.attribution))
    expect(bits(one.attribution)).not.toEqual(bits(other.attribution))
    expect([one.seed, other.seed]).toEqual([1, 2])
  })

  it('gives the examples and the samples noise of their own', async () => {
    const twice = tensor([2, 6], [...normals(1, 6).data, ...normals(1, 6).data])
    const two = bits(await map(smoothGrad({ samples: 1 }), {}, twice))
    expect(two.slice(0, 6)).not.toEqual(two.slice(6))
    expect((await map(varGrad({ samples: 2 }))).data.every((value) => value > 0)).toBe(true)
  })

  it('gives every copy that a random base is shown draws of its own', async () => {
    const inner = smoothGrad({ samples: 1, sigma: 0.5 })
    const nested = await map(varGrad({ base: inner, sigma: 0, samples: 4 }))
    expect(nested.data.every((value) => value > 0)).toBe(true)
  })
})

describe('the options', () => {
  it('name the base in the name of the method', () => {
    expect(smoothGrad().name).toBe('smooth-grad')
    expect(smoothGrad({ base: gradient() }).name).toBe('smooth-grad')
    expect(varGrad({ base: integratedGradients() }).name).toBe('var-grad-integrated-gradients')
  })

  it.each([
    [{ samples: 0 }, /'samples' of smooth-grad: expected a whole number from 1 to 1000000, found 0/],
    [{ samples: 1.5 }, /found 1.5/],
    [{ noise: -0.1 }, /'noise' of smooth-grad: expected a number >= 0, found -0.1/],
    [{ noise: NaN }, /found NaN/],
    [{ sigma: Infinity }, /'sigma'.*found Infinity/],
    [{ sigma: '1' }, /'sigma'.*found 1/],
    [{ base: {} }, /'base'.*neither `pass` nor `attribute`/],
    [{ base: null }, /'base'.*found null/],
    [{ base: 'gradient' }, /'base' of smooth-grad.*found string/],
    [{ sample: 3 }, /Did you mean 'samples'/]
  ])('%j are refused', (options, message) => {
    expect(() => smoothGrad(options as never)).toThrow(message)
    expect(() => smoothGrad(options as never)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
  })

  it('one sample has no variance', () => {
    expect(() => varGrad({ samples: 1 })).toThrow(/a whole number from 2/)
  })
})
