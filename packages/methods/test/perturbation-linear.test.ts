import { completeness, explain, minusBaseline, rowsOf, tensor, type Method, type Tensor } from '@agon/core'
import { featureAblation, kernelShap, lime, methods, occlusion, rise, shapleySampling } from '@agon/methods'
import { modelOf, relativeError } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine, linearNet, normals } from './nets.js'

const input = normals(2, 6)
const label = 2
const loaded = engine.load(linearNet())
const weights = (linearNet().constants.get('c0')!.data as Float32Array).slice(6 * label, 6 * label + 6)

/** w (x - b), the share of every element of a linear model. */
function shares(baseline: Tensor | undefined): Float32Array {
  return minusBaseline(input, baseline).data.map((value, i) => value * weights[i % 6]!)
}

/** The shares summed over the elements of each segment, of example n. */
function sharesOf(segments: readonly number[], n: number, baseline?: Tensor): number[] {
  const own = rowsOf({ shape: [2, 6], data: shares(baseline) })[n]!
  return segments.map((id) => own.reduce((sum, value, i) => sum + (segments[i] === id ? value : 0), 0))
}

async function mapOf(method: Method, baseline?: Tensor, seed = 3): Promise<Float32Array> {
  const options = { target: label, seed, ...(baseline && { baseline }) }
  return (await explain(await loaded, input, method, options)).attribution.data
}

const exact: readonly [string, () => Method][] = [
  ['occlusion, an element at a time', () => occlusion()],
  ['feature-ablation', () => featureAblation()],
  ['shapley-sampling of one order', () => shapleySampling({ samples: 1 })],
  ['kernel-shap of all coalitions', () => kernelShap()],
  ['kernel-shap of some coalitions', () => kernelShap({ samples: 40 })],
  ['lime without a ridge', () => lime({ samples: 40, ridge: 0 })]
]

describe('on a linear model w (x - b) is found by', () => {
  it.each(exact)('%s', async (_, make) => {
    const [own, one] = [normals(2, 6, 5), normals(1, 6, 6)]
    expect(relativeError(await mapOf(make()), shares(undefined))).toBeLessThan(2e-6)
    expect(relativeError(await mapOf(make(), own), shares(own))).toBeLessThan(2e-6)
    expect(relativeError(await mapOf(make(), one), shares(one))).toBeLessThan(2e-6)
  })

  it('lime as far as its ridge shrinks it', async () => {
    const off = async (ridge: number) => relativeError(await mapOf(lime({ samples: 200, ridge })), shares(undefined))
    const [one, little] = [await off(1), await off(0.01)]
    expect(one).toBeGreaterThan(1e-3)
    expect(one).toBeLessThan(0.2)
    expect(little).toBeLessThan(one / 50)
  })

  it('rise, centered, as samples are added', async () => {
    // Every second element is a node of its own; E[f M_i] / p - E[f] = w_i (x_i - b_i) (1 - p) where masks are 0 or 1 and independent.
    const masked = rise({ samples: 20_000, cells: 6, centered: true })
    expect(
      relativeError(
        await mapOf(masked),
        shares(undefined).map((value) => value / 2)
      )
    ).toBeLessThan(0.1)
  })
})

describe('segments of a linear model', () => {
  const segments = [4, 1, 1, 9, 4, 1]
  const map = Int32Array.from(segments)

  it.each([0, 1])('get the sum of their elements whole, or divided, in example %i', async (n) => {
    const expected = sharesOf(segments, n)
    const sizes = segments.map((id) => segments.filter((other) => other === id).length)
    const found = async (method: Method) => [...rowsOf({ shape: [2, 6], data: await mapOf(method) })[n]!]
    const whole = [
      featureAblation({ segments: map }),
      lime({ segments: map, ridge: 0, samples: 30 }),
      shapleySampling({ segments: map, spread: 'whole' }),
      kernelShap({ segments: map, spread: 'whole' })
    ]
    for (const method of whole) {
      expect(relativeError(Float32Array.from(await found(method)), Float32Array.from(expected))).toBeLessThan(2e-6)
    }
    for (const method of [shapleySampling({ segments: map }), kernelShap({ segments: map })]) {
      const divided = expected.map((value, i) => value / sizes[i]!)
      expect(relativeError(Float32Array.from(await found(method)), Float32Array.from(divided))).toBeLessThan(2e-6)
    }
  })
})

describe('baselines', () => {
  it.each(exact)("%s: the method's own goes before the call's", async (_, make) => {
    const own = normals(1, 6, 6)
    const options = { ...make().options, baseline: own }
    const method = methods.get(make().name).create(options)
    expect(relativeError(await mapOf(method, normals(1, 6, 7)), shares(own))).toBeLessThan(2e-6)
  })

  it('are the mean of every channel of every example if asked', async () => {
    const model = modelOf('sum', [2, 1, 3], (b) =>
      b.add('Gemm', [b.add('Flatten', [b.input]), b.floats([1, 6], [1, 1, 1, 1, 1, 1])], { transB: 1 })
    )
    const pictures = tensor([2, 2, 1, 3], [1, 2, 6, -4, 0, 1, 0, 0, 3, 2, 2, 2])
    const { attribution } = await explain(
      await engine.load(model),
      pictures,
      featureAblation({ segments: 'element', baseline: 'mean' })
    )
    expect([...attribution.data]).toEqual([-2, -1, 3, -3, 1, 2, -1, -1, 2, 0, 0, 0])
  })

  it('tell the logits there', async () => {
    for (const method of [shapleySampling({ samples: 1 }), kernelShap()]) {
      const baseline = normals(2, 6, 5)
      const found = await explain(await loaded, input, method, { target: label, baseline })
      expect(found.baselineLogits).toEqual(await (await loaded).forward(baseline))
      expect(Math.abs(completeness(method, found, 1)!.gap)).toBeLessThan(2e-6)
    }
  })
})
