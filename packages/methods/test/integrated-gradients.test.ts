import { completeness, explain, minusBaseline, tensor, timesEach, type Explanation, type Tensor } from '@agon/core'
import { competitiveIntegratedGradients, integratedGradients, type IntegratedGradientsOptions } from '@agon/methods'
import { describe, expect, it } from 'vitest'
import { bits, engine, linearNet, normals, productNet, tanhNet, watched } from './nets.js'

type Options = Partial<IntegratedGradientsOptions>

async function explained(model = tanhNet(), input = normals(1, 6), options: Options = {}, call = {}) {
  const method = integratedGradients(options)
  const found = await explain(await engine.load(model), input, method, call)
  return { found, gap: completeness(method, found) }
}

const relativeGap = async (options: Options): Promise<number> =>
  (await explained(undefined, undefined, options)).gap!.relativeGap

describe('integrated gradients', () => {
  it('leave a completeness gap that falls with the steps, by the square of their number at the midpoints', async () => {
    const gaps = await Promise.all([4, 8, 16, 32].map((steps) => relativeGap({ steps, quadrature: 'midpoint' })))
    for (let i = 1; i < gaps.length; i++) expect(gaps[i]!).toBeLessThan(gaps[i - 1]!)
    expect(gaps[2]! / gaps[3]!).toBeGreaterThan(3.5)
    expect(gaps[2]! / gaps[3]!).toBeLessThan(4.5)
    expect(await relativeGap({ steps: 2 })).toBeGreaterThan(1e-4)
    expect(await relativeGap({})).toBeLessThan(1e-6)
  })

  it.each(['gauss-legendre', 'midpoint'] as const)(
    'are exact on a linear model with one step (%s)',
    async (quadrature) => {
      const [model, input] = [linearNet(), normals(2, 6)]
      const { found, gap } = await explained(model, input, { steps: 1, quadrature, baseline: 0.25 }, { target: 1 })
      const weights = [...model.constants.values()][0]!.data
      found.attribution.data.forEach((value, i) =>
        expect(value).toBe(Math.fround(weights[6 + (i % 6)]! * Math.fround(input.data[i]! - 0.25)))
      )
      expect(gap!.relativeGap).toBeLessThan(1e-6)
      expect(gap!.gap).toBe(gap!.logit - gap!.baselineLogit - gap!.sum)
    }
  )

  it('of a product x y from (a, b) are (x - a)(y + b)/2 and (y - b)(x + a)/2', async () => {
    const [x, y, a, b] = [3, -2, 0.5, 4]
    const baseline = tensor([1, 2], [a, b])
    const { found } = await explained(productNet(), tensor([1, 2], [x, y]), { baseline, steps: 7 })
    expect(found.attribution.data[0]).toBeCloseTo(((x - a) * (y + b)) / 2, 5)
    expect(found.attribution.data[1]).toBeCloseTo(((y - b) * (x + a)) / 2, 5)
    const { found: fromZero } = await explained(productNet(), tensor([1, 2], [x, y]), {
      steps: 1,
      quadrature: 'midpoint'
    })
    expect([...fromZero.attribution.data]).toEqual([(x * y) / 2, (x * y) / 2])
  })

  it('are global maps: local ones times input - baseline, bit for bit; only these claim to add up', async () => {
    const [input, baseline] = [normals(3, 6), normals(3, 6, 9)]
    const global = await explained(undefined, input, { baseline, steps: 5 })
    const local = await explained(undefined, input, { baseline, steps: 5, multiplier: 'local' })
    const product = timesEach(local.found.attribution, minusBaseline(input, baseline))
    expect(bits(global.found.attribution)).toEqual(bits(product))
    expect(local.gap).toBeUndefined()
    expect(local.found.baselineLogits).toBeUndefined()
  })

  it('take the baseline of the call, of one example or of each, unless they have their own', async () => {
    const [input, each] = [normals(2, 6), normals(2, 6, 9)]
    const first: Tensor = { shape: [1, 6], data: each.data.slice(0, 6) }
    const map = async (options: Options, call = {}): Promise<Explanation> =>
      (await explained(undefined, input, options, { ...call, target: 2 })).found
    const own = await map({ baseline: each })
    expect(await map({}, { baseline: each })).toEqual(own)
    expect(await map({ baseline: each }, { baseline: first })).toEqual(own)
    const shared = await map({ baseline: { shape: [6], data: first.data } })
    expect(bits(shared.attribution).slice(0, 6)).toEqual(bits(own.attribution).slice(0, 6))
    expect(bits(shared.attribution)).not.toEqual(bits(own.attribution))
    expect(await map({ baseline: 0 })).toEqual(await map({}))
    expect(completeness(integratedGradients(), own, 1)!.relativeGap).toBeLessThan(1e-5)
    expect(completeness(integratedGradients(), shared, 1)!.relativeGap).toBeLessThan(1e-5)
  })

  it('are zero where the input is its baseline, and complete', async () => {
    const input = normals(1, 6)
    const { found, gap } = await explained(undefined, input, { baseline: input })
    expect(found.attribution.data.every((value) => value === 0)).toBe(true)
    expect(gap).toMatchObject({ gap: 0, relativeGap: 0 })
  })

  it.each([
    [{ steps: 0 }, /'steps' of integrated-gradients: expected a whole number from 1 to 10000, found 0/],
    [{ steps: 2.5 }, /found 2.5/],
    [{ steps: 1e9 }, /found 1000000000/],
    [{ steps: NaN }, /found NaN/],
    [{ quadrature: 'midpiont' }, /'quadrature'.*Did you mean 'midpoint'/],
    [{ multiplier: 'none' }, /'multiplier'.*one of global, local/],
    [{ baseline: Infinity }, /'baseline'.*a finite number or a tensor, found Infinity/],
    [{ baseline: 'black' }, /'baseline'.*found string/],
    [{ baseline: [0, 1] }, /'baseline'.*found object/],
    [{ step: 3 }, /'step'.*Did you mean 'steps'/]
  ])('refuse the options %j', (options, message) => {
    expect(() => integratedGradients(options as never)).toThrow(message)
    expect(() => competitiveIntegratedGradients(options as never)).toThrow(
      expect.objectContaining({ code: 'AGON_BAD_OPTION' })
    )
  })

  it('refuse a baseline that does not fit or is not finite', async () => {
    const wrong = { baseline: tensor([1, 5], [1, 2, 3, 4, 5]) }
    await expect(explained(undefined, undefined, wrong)).rejects.toMatchObject({
      code: 'AGON_BAD_INPUT',
      what: 'baseline'
    })
    const broken = { baseline: tensor([1, 6], [1, 2, NaN, 4, 5, 6]) }
    await expect(explained(undefined, undefined, broken)).rejects.toMatchObject({ code: 'AGON_NOT_FINITE' })
  })
})

describe('competitive integrated gradients', () => {
  it('keep bits of the base map, and are the same for every chunk of labels', async () => {
    const { session } = watched(await engine.load(tanhNet()))
    const input = normals(2, 6)
    const base = await explain(session, input, integratedGradients({ steps: 4 }), { target: 1 })
    const method = competitiveIntegratedGradients({ steps: 4, granularity: 'element' })
    const competed = await explain(session, input, method, { target: 1 })
    const kept = competed.attribution.data.filter((value) => value !== 0)
    expect(kept.length).toBeGreaterThan(0)
    expect(kept.length).toBeLessThan(12)
    competed.attribution.data.forEach((value, i) => expect([0, base.attribution.data[i]]).toContain(value))
    expect(await explain(session, input, method, { target: 1, memory: 1 })).toEqual(competed)
    expect(completeness(method, competed)).toBeUndefined()
  })

  it('name a misspelled option of theirs beside all that they have', () => {
    const misspelled = { granularty: 'pixel' } as never
    expect(() => competitiveIntegratedGradients(misspelled)).toThrow(
      /of competitive-integrated-gradients.*Did you mean 'granularity'/
    )
  })
})
