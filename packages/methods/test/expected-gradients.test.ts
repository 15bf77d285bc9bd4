import { completeness, example, explain, minusBaseline, multiply, tensor, type Tensor } from '@agon/core'
import { expectedGradients, integratedGradients, type ExpectedGradientsOptions } from '@agon/methods'
import { relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bits, engine, linearNet, normals, tanhNet } from './nets.js'

const loaded = engine.load(tanhNet())
const baselines = normals(3, 6, 21)

async function explained(options: Partial<ExpectedGradientsOptions>, call = {}, input = normals(2, 6)) {
  const method = expectedGradients(options)
  const found = await explain(await loaded, input, method, { target: 1, seed: 5, ...call })
  return { found, gap: (n: number) => completeness(method, found, n) }
}

describe('expected gradients', () => {
  it('come near the mean of integrated gradients over the baselines as samples are added', async () => {
    const truth = new Float64Array(12)
    for (const n of [0, 1, 2]) {
      const one = integratedGradients({ baseline: example(baselines, n) })
      const { attribution } = await explain(await loaded, normals(2, 6), one, { target: 1 })
      attribution.data.forEach((value, i) => (truth[i] = truth[i]! + value / 3))
    }
    const off = async (samples: number): Promise<number> =>
      relativeError((await explained({ baselines, samples })).found.attribution.data, truth)
    expect(await off(20_000)).toBeLessThan(0.03)
    expect(await off(20_000)).toBeLessThan((await off(20)) / 3)
  })

  it('tell their gap from the mean logit of the baselines', async () => {
    const { found, gap } = await explained({ baselines, samples: 20_000 })
    const logits = await (await loaded).forward(baselines)
    const mean = [1, 5, 9].reduce((sum, at) => sum + logits.data[at]! / 3, 0)
    for (const n of [0, 1]) {
      expect(gap(n)!.baselineLogit).toBeCloseTo(mean, 5)
      expect(Math.abs(gap(n)!.gap)).toBeLessThan(0.1)
    }
    expect(found.baselineLogits!.shape).toEqual([2, 4])
    expect((await explained({ baselines, multiplier: 'local' })).gap(0)).toBeUndefined()
  })

  it('from one baseline are exact on a linear model with one sample, whatever the draw', async () => {
    const [session, input, baseline] = [await engine.load(linearNet()), normals(2, 6), normals(1, 6, 3)]
    const run = async (method: ReturnType<typeof expectedGradients>) =>
      explain(session, input, method, { target: 2, seed: 77 })
    const found = await run(expectedGradients({ baselines: baseline, samples: 1 }))
    const wanted = await run(integratedGradients({ baseline, steps: 1 }))
    expect(bits(found.attribution)).toEqual(bits(wanted.attribution))
    expect(found.baselineLogits).toEqual(wanted.baselineLogits)
  })

  it('of one sample are its local map times input - the baseline that was drawn, one of the set', async () => {
    const input = normals(1, 6)
    const map = async (seed: number, multiplier: 'global' | 'local') =>
      (await explained({ baselines, samples: 1, multiplier }, { seed }, input)).found.attribution.data
    const met = new Set<number>()
    for (let seed = 0; seed < 20; seed++) {
      const [global, local] = [await map(seed, 'global'), await map(seed, 'local')]
      const products = [0, 1, 2].map((n) => multiply(local, minusBaseline(input, example(baselines, n)).data))
      met.add(products.findIndex((product) => product.join() === global.join()))
    }
    expect([...met].sort()).toEqual([0, 1, 2])
  })

  it("take the call's baseline, each example its own, where they have none", async () => {
    const own = normals(2, 6, 4)
    const both = (await explained({ samples: 4 }, { baseline: own })).found
    const first = (await explained({ samples: 4, baselines: example(own, 0) })).found
    expect(bits(both.attribution).slice(0, 6)).toEqual(bits(first.attribution).slice(0, 6))
    expect(bits(both.attribution).slice(6)).not.toEqual(bits(first.attribution).slice(6))
    const zero = tensor([1, 6], [0, 0, 0, 0, 0, 0])
    expect((await explained({})).found).toEqual((await explained({ baselines: zero })).found)
  })

  it('depend on the seed', async () => {
    const map = async (seed: number) => bits((await explained({ baselines }, { seed })).found.attribution)
    expect(await map(1)).toEqual(await map(1))
    expect(await map(1)).not.toEqual(await map(2))
  })

  it.each([
    [{ samples: 0 }, /'samples' of expected-gradients: expected a whole number from 1 to 1000000, found 0/],
    [{ baselines: 0 }, /'baselines' of expected-gradients: expected a tensor of baselines \[B, ...\], found number/],
    [{ baselines: null }, /found null/],
    [{ multiplier: 'none' }, /'multiplier'/],
    [{ baseline: 0 }, /Did you mean 'baselines'/]
  ])('refuse the options %j', (options, message) => {
    expect(() => expectedGradients(options as never)).toThrow(message)
    expect(() => expectedGradients(options as never)).toThrow(expect.objectContaining({ code: 'AGON_BAD_OPTION' }))
  })

  it.each<[string, Tensor, string]>([
    ['of other examples', normals(2, 5), 'AGON_BAD_INPUT'],
    ['of no example', tensor([0, 6], []), 'AGON_BAD_INPUT'],
    ['whose values are missing', { shape: [2, 6], data: new Float32Array(6) }, 'AGON_BAD_INPUT'],
    ['with NaN', tensor([1, 6], [1, 2, 3, NaN, 5, 6]), 'AGON_NOT_FINITE']
  ])('refuse baselines %s', async (_, wrong, code) => {
    await expect(explained({ baselines: wrong })).rejects.toMatchObject({ code, what: 'baselines' })
  })
})
