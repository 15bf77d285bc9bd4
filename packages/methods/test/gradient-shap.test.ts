import { completeness, explain, tensor } from '@agon/core'
import { expectedGradients, gradientShap, type GradientShapOptions } from '@agon/methods'
import { relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bits, engine, linearNet, normals, tanhNet } from './nets.js'

const loaded = engine.load(tanhNet())
const baselines = normals(3, 6, 21)

async function explained(options: Partial<GradientShapOptions>, call = {}, input = normals(2, 6)) {
  return explain(await loaded, input, gradientShap(options), { target: 1, seed: 5, ...call })
}

describe('GradientSHAP', () => {
  it.each(['global', 'local'] as const)('without noise is expected gradients, bit for bit (%s)', async (multiplier) => {
    const options = { baselines, samples: 7, multiplier }
    const found = await explained(options)
    const wanted = await explain(await loaded, normals(2, 6), expectedGradients(options), { target: 1, seed: 5 })
    expect(bits(found.attribution)).toEqual(bits(wanted.attribution))
    expect(found.baselineLogits).toEqual(wanted.baselineLogits)
    expect(found.notes).toEqual([])
  })

  it('adds noise of a share of the range of each example, or sigma as it is', async () => {
    const input = normals(2, 6)
    const ranges = [0, 6].map((from) => {
      const x = input.data.slice(from, from + 6)
      return Math.max(...x) - Math.min(...x)
    })
    const shared = bits((await explained({ baselines, noise: 0.2, samples: 3 })).attribution)
    for (const n of [0, 1]) {
      const own = bits((await explained({ baselines, sigma: 0.2 * ranges[n]!, samples: 3 })).attribution)
      expect(own.slice(6 * n, 6 * n + 6)).toEqual(shared.slice(6 * n, 6 * n + 6))
    }
    expect(shared).not.toEqual(bits((await explained({ baselines, samples: 3 })).attribution))
  })

  it('on a linear model is w (x - b) in the mean over noise of mean 0', async () => {
    const [session, input] = [await engine.load(linearNet()), normals(1, 6)]
    const run = async (options: Partial<GradientShapOptions>) =>
      (await explain(session, input, gradientShap({ baselines: normals(1, 6, 3), ...options }), { target: 2 }))
        .attribution.data
    const truth = await run({ samples: 1 })
    const off = async (samples: number) => relativeError(await run({ sigma: 0.5, samples }), truth)
    expect(await off(1)).toBeGreaterThan(0.05)
    expect(await off(4000)).toBeLessThan(0.03)
    expect(bits({ shape: [], data: await run({ sigma: 0.5, samples: 3, multiplier: 'local' }) })).toEqual(
      bits({ shape: [], data: await run({ samples: 1, multiplier: 'local' }) })
    )
  })

  it('tells no gap where noise moves the end of the path', async () => {
    const gap = async (options: Partial<GradientShapOptions>) =>
      completeness(gradientShap(options), await explained({ baselines, ...options }))
    expect(await gap({})).toBeDefined()
    expect(await gap({ sigma: 0 })).toBeDefined()
    expect(await gap({ noise: 0.1 })).toBeUndefined()
    expect(await gap({ noise: 0.1, sigma: 0 })).toBeDefined()
  })

  it('says of a constant example that nothing can be a share of its range', async () => {
    const flat = tensor([2, 6], new Float32Array(12).fill(0.5))
    const { notes } = await explained({ noise: 0.1, samples: 2 }, {}, flat)
    expect(notes.map(({ code }) => code)).toEqual(['no-noise', 'no-noise'])
  })

  it.each([
    [{ samples: 0 }, /'samples' of gradient-shap: expected a whole number from 1 to 1000000, found 0/],
    [{ baselines: 0 }, /'baselines' of gradient-shap: expected a tensor/],
    [{ noise: -1 }, /'noise' of gradient-shap: expected a number >= 0, found -1/],
    [{ sigma: NaN }, /'sigma' of gradient-shap/],
    [{ multiplier: 'none' }, /'multiplier' of gradient-shap/],
    [{ stdevs: 1 }, /option 'stdevs' of gradient-shap/]
  ])('refuses the options %j', (options, message) => {
    expect(() => gradientShap(options as never)).toThrow(message)
    expect(() => gradientShap(options as never)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
  })
})
