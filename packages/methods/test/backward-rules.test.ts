import { attribute, contest, explain, type Method, type Session, type Tensor } from '@agon/core'
import {
  competitiveLrpEpsilon,
  deconvnet,
  excitationBackprop,
  gradientTimesInput,
  guidedBackprop,
  lrp
} from '@agon/methods'
import { modelOf, relativeError, tinyCnn, tinyResidual } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { engine, tanhNet } from './nets.js'
import { createRandom } from '@agon/core'

const { model } = tinyCnn({ biases: false })

function inputFor(shape: readonly number[], seed: number, positive = false): Tensor {
  const random = createRandom(seed)
  const size = shape.reduce((product, extent) => product * extent, 1)
  return {
    shape,
    data: Float32Array.from({ length: size }, () => (positive ? Math.abs(random.normal()) : random.normal()))
  }
}

const input = inputFor([2, ...model.inputs[0]!.shape.slice(1).map(Number)], 5)
const positive = inputFor([2, ...model.inputs[0]!.shape.slice(1).map(Number)], 6, true)

async function maps(session: Session, method: Method, of: Tensor, targets: readonly (readonly number[])[]) {
  const logits = await session.forward(of)
  const context = {
    session,
    input: of,
    logits,
    targets,
    contestants: targets,
    random: createRandom(0),
    note: () => undefined
  }
  return (await attribute(method, context)).attribution
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0)

describe('guided-backprop and deconvnet', () => {
  /** y = relu(x1 + 2 x2) - 3 relu(x1 - x2) at x = [1, 2]: the second ReLU is off. */
  const net = modelOf('two', [2], (b) => {
    const hidden = b.add('Relu', [b.add('MatMul', [b.input, b.floats([2, 2], [1, 1, 2, -1])])])
    return b.add('MatMul', [hidden, b.floats([2, 2], [1, -1, -3, 2])])
  })
  const x = { shape: [1, 2], data: Float32Array.of(1, 2) }

  it.each([
    ['guided-backprop', guidedBackprop(), [1, 2, 0, 0]],
    ['deconvnet', deconvnet(), [1, 2, 2, -2]]
  ])('%s by hand', async (_, method, expected) => {
    expect([...(await maps(await engine.load(net), method, x, [[0, 1]])).data]).toEqual(expected)
  })

  it('refuse a model without rectifying activations', async () => {
    const session = await engine.load(tanhNet())
    await expect(maps(session, guidedBackprop(), inputFor([1, 6], 1), [[0]])).rejects.toMatchObject({
      code: 'AGON_NO_RULE'
    })
  })
})

describe('lrp', () => {
  it('by zero is gradient times input on a net without biases, and adds up to the logit', async () => {
    const session = await engine.load(model)
    const targets = [
      [0, 3],
      [1, 2]
    ]
    const [own, other] = [
      await maps(session, lrp({ rule: 'zero' }), input, targets),
      await maps(session, gradientTimesInput(), input, targets)
    ]
    expect(relativeError(own.data, other.data)).toBeLessThan(1e-6)
    const explained = await explain(session, input, lrp(), { target: 2 })
    const size = explained.attribution.data.length / 2
    const logits = explained.logits.data
    for (const n of [0, 1]) {
      const logit = logits[n * (logits.length / 2) + 2]!
      expect(sum(explained.attribution.data.subarray(n * size, (n + 1) * size))).toBeCloseTo(logit, 4)
    }
  })

  it('takes the options of its rule, and refuses others, unknown rules, and a rule beside a composite', async () => {
    const session = await engine.load(model)
    const one = [[0], [0]]
    await expect(maps(session, lrp({ rule: 'gamma', gamma: 1 }), input, one)).resolves.toBeDefined()
    await expect(maps(session, lrp({ rule: 'gamma', alpha: 1 }), input, one)).rejects.toThrow(
      /option 'alpha' of rule 'gamma'/
    )
    await expect(maps(session, lrp({ composite: 'epsilon-plus', gamma: 1 }), input, one)).rejects.toMatchObject({
      code: 'AGON_BAD_OPTION'
    })
    expect(() => lrp({ rule: 'epsilom' })).toThrow(/Did you mean 'epsilon'/)
    expect(() => lrp({ rule: 'zero', composite: 'preset-a' })).toThrow(/a rule or a composite/)
  })

  it.each(['epsilon-plus', 'epsilon-plus-flat', 'epsilon-alpha2-beta1', 'preset-a', 'preset-b'])(
    'runs composite %s',
    async (composite) => {
      const residual = tinyResidual().model
      const of = inputFor([1, ...residual.inputs[0]!.shape.slice(1).map(Number)], 7)
      const { data } = await maps(await engine.load(residual), lrp({ composite }), of, [[0, 1]])
      expect(data.some((value) => value !== 0)).toBe(true)
      expect(data.every(Number.isFinite)).toBe(true)
    }
  )
})

describe('excitation-backprop', () => {
  it('is a probability: no element is below 0, and all of them make 1', async () => {
    const session = await engine.load(model)
    const logits = (await session.forward(positive)).data
    const all = Array.from({ length: logits.length / 2 }, (_, label) => label)
    const { data } = await maps(session, excitationBackprop(), positive, [all, all])
    const size = positive.data.length / 2
    const sums = Array.from({ length: 2 * all.length }, (_, i) => sum(data.subarray(i * size, (i + 1) * size)))
    expect(Math.min(...data)).toBeGreaterThanOrEqual(0)
    for (const one of sums) expect(Math.min(Math.abs(one - 1), Math.abs(one))).toBeLessThan(1e-4)
    expect(sums.filter((one) => one > 0.5).length).toBeGreaterThan(all.length / 2)
  })
})

describe('competitive-lrp-epsilon', () => {
  it('is the contest of the relevances, and takes no other options', async () => {
    const session = await engine.load(model)
    const own = await explain(session, input, competitiveLrpEpsilon({ epsilon: 0.1, granularity: 'element' }), {
      target: 1
    })
    const base = await contest(session, input, lrp({ rule: 'epsilon', epsilon: 0.1 }), {
      target: 1,
      granularity: 'element'
    })
    expect(own.contest!.best).toEqual(base.best)
    expect(own.method).toBe('competitive-lrp-epsilon')
    expect(() => competitiveLrpEpsilon({ gamma: 1 } as object)).toThrow(/option 'gamma' of competitive-lrp-epsilon/)
  })
})
