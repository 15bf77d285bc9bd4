import { measure, type Method, type Model, type Tensor } from '@agon/core'
import { completenessGap, infidelity } from '@agon/metrics'
import { cgi, gradient, gradientTimesInput, integratedGradients } from '@agon/methods'
import { modelOf, tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { byHand, engine, normals, squareNet, watched } from './nets.js'

const x: Tensor = { shape: [1, 2], data: Float32Array.of(3, 1) }

async function scored(method: Method, form: 'absolute' | 'relative' = 'absolute', baseline?: Tensor, model?: Model) {
  const session = await engine.load(model ?? squareNet())
  const options = { target: 0, ...(baseline && { baseline }) }
  return (await measure(session, x, method, completenessGap({ form }), options))[0]!
}

describe('completeness-gap', () => {
  it('of a sum of squares, 10 at the input, by hand', async () => {
    // Gradient (.) input adds up to 2 |x|^2 = 20.
    expect(await scored(gradientTimesInput())).toEqual({ value: 10, samples: 1 })
    expect(await scored(gradientTimesInput(), 'relative')).toEqual({ value: 1, samples: 1 })
    expect((await scored(integratedGradients())).value).toBeCloseTo(0, 5)
    // One step in the middle of the path is exact for squares.
    expect((await scored(integratedGradients({ steps: 1, baseline: 1 }))).value).toBeCloseTo(0, 5)
  })

  it('holds a method to its own baseline, not to that of the call', async () => {
    const baseline: Tensor = { shape: [2], data: Float32Array.of(1, 1) }
    const claims = byHand(({ shape }) => ({ shape, data: Float32Array.of(2, 3) }))
    const own: Method = {
      ...claims,
      attribute: async (context) => ({
        attribution: (await claims.attribute!(context)) as Tensor,
        baselineLogits: { shape: [1, 1], data: Float32Array.of(7) }
      })
    }
    expect(await scored(own, 'absolute', baseline)).toEqual({ value: 2, samples: 1 })
    // The gradient adds up to 8; the logit rises from 2 to 10.
    const unclaimed = await scored(gradient(), 'absolute', baseline)
    expect(unclaimed).toMatchObject({ value: 0, note: expect.stringContaining('does not claim') as string })
    expect((await scored(gradient())).value).toBe(2)
    expect((await scored(gradient(), 'relative')).value).toBeCloseTo(0.2, 10)
    expect((await scored(cgi(), 'absolute', baseline)).note).toContain('does not claim')
  })

  it('needs no forward pass for methods that claim to add up', async () => {
    const { session, batches } = watched(await engine.load(squareNet()))
    await measure(session, x, gradientTimesInput(), completenessGap(), { target: 0 })
    expect(batches).toEqual([1])
  })

  it('is not divided where the logits are equal, and says so', async () => {
    const baseline: Tensor = { shape: [2], data: Float32Array.of(-3, -1) }
    const score = await scored(gradient(), 'relative', baseline)
    expect(score).toMatchObject({ value: 8, note: expect.stringContaining('not divided') as string })
  })

  it('of gradient (.) input is rounding on a net without biases, for every example', async () => {
    const { model } = tinyMlp({ biases: false })
    const session = await engine.load(model)
    const input = normals([4, 10])
    const scores = await measure(session, input, gradientTimesInput(), completenessGap({ form: 'relative' }))
    expect(scores).toHaveLength(4)
    for (const { value } of scores) expect(value).toBeLessThan(1e-5)
  })

  it('says that a probability is no logit, and so does infidelity', async () => {
    const model = modelOf('softmax', [6], (b) => b.add('Softmax', [b.input], { axis: -1 }))
    const session = await engine.load(model)
    for (const metric of [completenessGap(), infidelity({ samples: 1 })]) {
      const [score] = await measure(session, normals([1, 6]), gradient(), metric)
      expect(score!.note).toContain('ends in Softmax')
    }
  })

  it('refuses a wrong form', () => {
    expect(() => completenessGap({ form: 'squared' as 'relative' })).toThrow(/option 'form' of completeness-gap/)
  })
})
