import { contest, createRandom, explain, multiply, sumAxis, type Contest } from '@agon/core'
import { cgi, competitiveGradient, gradient, gradientTimesInput } from '@agon/methods'
import { tinyCnn, tinyMlp } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bits, engine } from './nets.js'

const tiny = tinyCnn()
const labels = Array.from({ length: tiny.labels }, (_, label) => label)
const random = createRandom(4)
const input = { shape: [2, 3, 8, 8], data: Float32Array.from({ length: 384 }, () => random.normal()) }

/** Largest and smallest over the labels of maps `[L, N, ...]`, element by element. */
function extremes(maps: Float32Array, elements: number) {
  const of = (at: number) => labels.map((l) => maps[l * elements + at]!)
  return Array.from({ length: elements }, (_, at) => [Math.max(...of(at)), Math.min(...of(at))])
}

const found = ({ best, worst }: Contest) => Array.from(best, (value, at) => [value, worst[at]!])

describe('at a layer', () => {
  it('the gradient is that of the value, and times the value where it is multiplied', async () => {
    const session = await engine.load(tiny.model)
    const layer = 'relu1_out'
    const target = [1, 5]
    const slope = await session.vjp(input, { labels: [[1], [5]] }, { wrt: layer })
    const value = await session.forward(input, { at: layer })
    const local = await explain(session, input, gradient({ layer }), { target })
    expect(local.attribution.shape).toEqual([2, 8, 8, 8])
    expect(bits(local.attribution)).toEqual(bits(slope))
    const global = await explain(session, input, gradientTimesInput({ layer }), { target })
    expect(global.attribution.data).toEqual(multiply(slope.data, value.data))
  })

  it('labels compete over its positions, after the sum over its channels', async () => {
    const session = await engine.load(tiny.model)
    const layer = 'relu4_out'
    const all = [labels, labels]
    const slopes = await session.vjp(input, { labels: all }, { wrt: layer })
    const value = await session.forward(input, { at: layer })
    const shares = {
      ...slopes,
      data: slopes.data.map((slope, i) => Math.fround(slope * value.data[i % value.data.length]!))
    }
    const outcome = await contest(session, input, gradientTimesInput({ layer }))
    expect(outcome.shape).toEqual([2, 1, 4, 4])
    expect(found(outcome)).toEqual(extremes(sumAxis(shares, 2).data, 32))
    const { contest: competed, attribution } = await explain(session, input, cgi({ layer }), { target: 3 })
    expect(found(competed!)).toEqual(found(outcome))
    expect(attribution.shape).toEqual([2, 1, 4, 4])
    const element = await explain(session, input, competitiveGradient({ layer, granularity: 'element' }))
    expect(found(element.contest!)).toEqual(extremes(slopes.data, 2 * 12 * 16))
  })

  it('the features of a dense layer are contested one by one', async () => {
    const session = await engine.load(tiny.model)
    const { shape } = await contest(session, input, gradient({ layer: 'flatten6_out' }))
    expect(shape).toEqual([2, 48])
    const dense = tinyMlp()
    const outcome = await contest(
      await engine.load(dense.model),
      { shape: [1, 10], data: new Float32Array(10).fill(1) },
      gradient({ layer: 'relu1_out' })
    )
    expect(outcome.shape).toEqual([1, 16])
  })

  it('competition is the same whether examples have as many competitors or not', async () => {
    const session = await engine.load(tiny.model)
    const base = gradientTimesInput({ layer: 'relu4_out' })
    const even = await contest(session, input, base, { labels: [0, 1, 2, 3], target: [0, 3] })
    const uneven = await contest(session, input, base, { labels: [0, 1, 2], target: [0, 3] })
    expect(uneven.labels.map(({ length }) => length)).toEqual([3, 4])
    const second = even.best.length / 2
    expect([...uneven.best.subarray(second)]).toEqual([...even.best.subarray(second)])
  })

  it('a value that the model lacks is refused with the nearest one, and a name that is none at once', async () => {
    const session = await engine.load(tiny.model)
    for (const method of [
      gradient({ layer: 'relu_out' }),
      gradientTimesInput({ layer: 'relu_out' }),
      cgi({ layer: 'relu_out' })
    ]) {
      await expect(explain(session, input, method)).rejects.toMatchObject({
        code: 'AGON_UNKNOWN_NAME',
        remedy: "Did you mean 'relu1_out'?"
      })
    }
    expect(() => gradient({ layer: '' })).toThrow(/'layer' of gradient: expected the name of a value/)
    expect(() => cgi({ layer: 4 as never })).toThrow(/'layer' of gradient-times-input: .*found number/)
    expect(() => cgi({ layers: 'x' } as never)).toThrow(/'layers' of cgi.*Did you mean 'layer'/)
  })
})
