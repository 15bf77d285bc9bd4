import {
  attribute,
  completeness,
  contest,
  createRandom,
  example,
  explain,
  minusBaseline,
  sizeOf,
  tensor,
  timesEach,
  type Method,
  type Tensor
} from '@agon/core'
import {
  competitiveDeepLift,
  deepLift,
  deepLiftShap,
  gradient,
  gradientTimesInput,
  smoothGrad,
  type DeepLiftOptions
} from '@agon/methods'
import { modelOf, relativeError, tinyCnn, tinyMlp, tinyModels, type TinyModel } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bits, engine, normals, tanhNet } from './nets.js'

const rules = ['rescale', 'reveal-cancel'] as const

/** Normal numbers `[examples, ...]`. */
function drawn({ inputShape }: Pick<TinyModel, 'inputShape'>, examples: number, seed: number): Tensor {
  const shape = [examples, ...inputShape.slice(1)]
  const random = createRandom(seed).fork('drawn')
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}

async function mapOf(model: TinyModel['model'], input: Tensor, options: Partial<DeepLiftOptions>) {
  return (await explain(await engine.load(model), input, deepLift(options), { target: 0 })).attribution
}

describe.each(rules)('DeepLIFT by %s', (rule) => {
  it.each(tinyModels().map((tiny) => [tiny.model.name, tiny] as const))(
    'adds up to the rise of every label on %s',
    async (_, tiny) => {
      const session = await engine.load(tiny.model)
      const method = deepLift({ rule, baseline: drawn(tiny, 1, 2) })
      for (const target of Array.from({ length: tiny.labels }, (_, label) => label)) {
        const found = await explain(session, drawn(tiny, 1, 1), method, { target })
        const { gap, logit, baselineLogit } = completeness(method, found)!
        expect(Math.abs(gap)).toBeLessThan(1e-5 * Math.max(Math.abs(logit), Math.abs(baselineLogit)))
      }
    }
  )

  it('is gradient times input without biases, from zero', async () => {
    for (const tiny of [tinyMlp({ biases: false }), tinyCnn({ biases: false })]) {
      const [session, input] = [await engine.load(tiny.model), drawn(tiny, 1, 3)]
      const map = async (method: Method) => (await explain(session, input, method, { target: 2 })).attribution.data
      const wanted = await map(gradientTimesInput())
      if (rule === 'rescale') expect(relativeError(await map(deepLift()), wanted)).toBeLessThan(1e-6)
      else expect(relativeError(await map(deepLift({ rule })), wanted)).toBeGreaterThan(0.01)
    }
  })

  it('times input - baseline is global', async () => {
    const [input, baseline] = [normals(2, 6), normals(2, 6, 3)]
    const local = await mapOf(tanhNet(), input, { rule, baseline, multiplier: 'local' })
    const global = await mapOf(tanhNet(), input, { rule, baseline })
    expect(bits(global)).toEqual(bits(timesEach(local, minusBaseline(input, baseline))))
  })

  it('has multipliers that are derivatives where nothing differs from the baseline', async () => {
    const tiny = tinyModels().at(-1)!
    const [session, input] = [await engine.load(tiny.model), drawn(tiny, 1, 1)]
    const map = async (method: Method) => (await explain(session, input, method, { target: 1 })).attribution.data
    const same = deepLift({ rule, baseline: input, multiplier: 'local' })
    expect(relativeError(await map(same), await map(gradient()))).toBeLessThan(1e-6)
  })
})

describe('at a layer', () => {
  it.each(rules)('the differences of its values add up to the rise, and keep their multipliers (%s)', async (rule) => {
    for (const [{ model, inputShape }, layer] of [
      [tinyMlp(), 'relu1_out'],
      [tinyMlp(), 'gemm0_out'],
      [tinyCnn(), 'maxpool2_out']
    ] as const) {
      const [session, x, b] = [await engine.load(model), drawn({ inputShape }, 2, 1), drawn({ inputShape }, 2, 2)]
      const { attribution, logits } = await explain(session, x, deepLift({ rule, layer, baseline: b }), { target: 1 })
      const starts = await session.forward(b)
      const size = attribution.data.length / 2
      for (const n of [0, 1]) {
        const sum = attribution.data.slice(n * size, (n + 1) * size).reduce((total, part) => total + part, 0)
        expect(sum).toBeCloseTo(logits.data[7 * n + 1]! - starts.data[7 * n + 1]!, 4)
      }
      const local = deepLift({ rule, layer, baseline: b, multiplier: 'local' })
      const [at, from] = [await session.forward(x, { at: layer }), await session.forward(b, { at: layer })]
      const { attribution: m } = await explain(session, x, local, { target: 1 })
      expect(bits(attribution)).toEqual(bits(timesEach(m, minusBaseline(at, from))))
    }
  })
})

describe('by hand', () => {
  /** min(a, b) = a - relu(a - b). */
  const least = modelOf('least', [2], (b) => {
    const [first, second] = b.addMany('Split', [b.input], 2, { axis: 1, num_outputs: 2 })
    const cut = b.add('Relu', [b.add('Gemm', [b.input, b.floats([1, 2], [1, -1])], { transB: 1 })])
    return b.add('Add', [b.add('Sub', [first!, cut]), b.add('Mul', [second!, b.floats([], [0])])])
  })

  it('the least of two numbers is the smaller one by rescaling, half of it each by reveal-cancel', async () => {
    const input = tensor([1, 2], [5, 3])
    expect([...(await mapOf(least, input, { rule: 'rescale' })).data]).toEqual([0, 3])
    expect([...(await mapOf(least, input, { rule: 'reveal-cancel' })).data]).toEqual([1.5, 1.5])
  })

  it('a product rises by each factor with the other in the middle', async () => {
    const product = modelOf('product', [2], (b) =>
      b.add('Mul', b.addMany('Split', [b.input], 2, { axis: 1, num_outputs: 2 }))
    )
    const { data } = await mapOf(product, tensor([1, 2], [3, -2]), { baseline: tensor([1, 2], [1, 4]) })
    expect([...data]).toEqual([2 * 1, -6 * 2])
  })

  it('max pooling gives a rise to the winner of the input and a fall to that of the baseline', async () => {
    const pool = modelOf('pool', [1, 2, 2], (b) =>
      b.add('Flatten', [b.add('MaxPool', [b.input], { kernel_shape: [2, 2] })])
    )
    const map = async (shape: number[], input: number[], baseline: number[]) => {
      const { data } = await mapOf(pool, tensor(shape, input), { baseline: tensor(shape, baseline) })
      return Array.from(data, (value) => value + 0) // -0 becomes 0
    }
    const one = [1, 1, 2, 2]
    expect(await map(one, [1, 4, 2, 0], [3, 0, 2, 1])).toEqual([0, 1, 0, 0])
    expect(await map(one, [1, 2, 0, 0], [3, 5, 2, 1])).toEqual([0, -3, 0, 0])
    expect(await map(one, [1, 2, 0, 0], [1, 0, 2, 0])).toEqual([0, 0, 0, 0])
    const two = await map([2, 1, 2, 2], [1, 4, 2, 0, 1, 2, 0, 0], [3, 0, 2, 1, 3, 5, 2, 1])
    expect(two).toEqual([0, 1, 0, 0, 0, -3, 0, 0])
  })

  it('softmax goes by logarithmic means', async () => {
    const net = modelOf('softmax', [3], (b) => {
      const shares = b.add('Softmax', [b.input], { axis: -1 })
      return b.add('MatMul', [shares, b.floats([3, 1], [1, 0, 0])])
    })
    const [x, b] = [
      [1.5, -0.5, 0.25],
      [-1, 0.5, 2]
    ] as const
    const shares = (values: readonly number[]) => {
      const powers = values.map(Math.exp)
      const total = powers.reduce((sum, power) => sum + power)
      return powers.map((power) => power / total)
    }
    const [s, t] = [shares(x), shares(b)]
    const means = s.map((value, i) => (value - t[i]!) / Math.log(value / t[i]!))
    const total = means.reduce((sum, mean) => sum + mean)
    const wanted = x.map(
      (value, i) => (means[0]! * (i === 0 ? 1 : 0) - (means[0]! * means[i]!) / total) * (value - b[i]!)
    )
    const { data } = await mapOf(net, tensor([1, 3], [...x]), { baseline: tensor([1, 3], [...b]) })
    expect(relativeError(data, Float32Array.from(wanted))).toBeLessThan(1e-6)
    expect(wanted.reduce((sum, part) => sum + part)).toBeCloseTo(s[0]! - t[0]!, 12)
  })
})

describe('the baseline', () => {
  it('is that of the option, else that of the call, else zero', async () => {
    const [session, input, own] = [await engine.load(tanhNet()), normals(2, 6), normals(2, 6, 4)]
    const run = async (options: object, call = {}) => explain(session, input, deepLift(options), { target: 1, ...call })
    const wanted = await run({ baseline: own })
    expect(await run({}, { baseline: own })).toEqual(wanted)
    expect(await run({ baseline: own }, { baseline: normals(1, 6, 9) })).toEqual(wanted)
    expect(await run({})).toEqual(await run({ baseline: 0 }))
    expect(await run({})).not.toEqual(wanted)
    expect((await run({})).baselineLogits!.shape).toEqual([2, 4])
    expect((await run({ multiplier: 'local' })).baselineLogits).toBeUndefined()
  })

  it('of each example stays with its example in noisy copies', async () => {
    const [session, input, own] = [await engine.load(tanhNet()), normals(3, 6), normals(3, 6, 4)]
    const map = async (baseline: Tensor, x = input) => {
      const method = smoothGrad({ base: deepLift({ baseline }), samples: 3, noise: 0 })
      return bits((await explain(session, x, method, { target: 1 })).attribution)
    }
    const each = [0, 1, 2].map(async (n) => map(example(own, n), example(input, n)))
    expect(await map(own)).toEqual((await Promise.all(each)).flat())
  })
})

describe('DeepLIFT over several baselines', () => {
  const baselines = normals(3, 6, 21)

  it.each(rules)('is the mean of DeepLIFT over each (%s)', async (rule) => {
    const [session, input] = [await engine.load(tanhNet()), normals(2, 6)]
    for (const multiplier of ['global', 'local'] as const) {
      const wanted = new Float64Array(12)
      for (const n of [0, 1, 2]) {
        const one = deepLift({ rule, multiplier, baseline: example(baselines, n) })
        const { data } = (await explain(session, input, one, { target: 1 })).attribution
        data.forEach((value, i) => (wanted[i] = wanted[i]! + value / 3))
      }
      const { attribution } = await explain(session, input, deepLiftShap({ rule, multiplier, baselines }), {
        target: 1
      })
      expect(relativeError(attribution.data, Float32Array.from(wanted))).toBeLessThan(1e-6)
    }
  })

  it('adds up to the rise from the mean logit, and is DeepLIFT from one baseline', async () => {
    const [session, input] = [await engine.load(tanhNet()), normals(1, 6)]
    const method = deepLiftShap({ baselines })
    const { relativeGap } = completeness(method, await explain(session, input, method, { target: 3 }))!
    expect(relativeGap).toBeLessThan(1e-5)
    const one = example(baselines, 0)
    const found = await explain(session, input, deepLiftShap({ baselines: one }), { target: 3 })
    const wanted = await explain(session, input, deepLift({ baseline: one }), { target: 3 })
    expect(bits(found.attribution)).toEqual(bits(wanted.attribution))
    expect(found.baselineLogits).toEqual(wanted.baselineLogits)
  })
})

describe('in competition', () => {
  it.each(rules)('one fused pass decides as label after label does (%s)', async (rule) => {
    const [session, input, baseline] = [await engine.load(tanhNet()), normals(2, 6), normals(2, 6, 4)]
    const base = deepLift({ rule, baseline })
    const program: Method = { name: 'program', attribute: (context) => attribute(base, context) }
    const { best, bestLabel, worst, worstLabel } = await contest(session, input, base)
    expect({ best, bestLabel, worst, worstLabel }).toMatchObject(await contest(session, input, program).then(pick))
    const { attribution } = await explain(session, input, competitiveDeepLift({ rule, baseline }), { target: 1 })
    const own = (await explain(session, input, base, { target: 1 })).attribution.data
    expect(attribution.data.some((value) => value !== 0)).toBe(true)
    attribution.data.forEach((value, i) => expect([0, own[i]]).toContain(value))
  })
})

function pick({ best, bestLabel, worst, worstLabel }: Awaited<ReturnType<typeof contest>>) {
  return { best, bestLabel, worst, worstLabel }
}

describe('the options', () => {
  it.each([
    [{ rule: 'linear' }, /'rule' of deep-lift/],
    [{ multiplier: 'none' }, /'multiplier' of deep-lift/],
    [{ baseline: NaN }, /'baseline' of deep-lift: expected a finite number or a tensor, found NaN/],
    [{ baselines: 0 }, /Did you mean 'baseline'/]
  ])('%j are refused', (options, message) => {
    expect(() => deepLift(options as never)).toThrow(message)
  })

  it('refuse an operator that no difference passes, by the name of its node', async () => {
    const net = modelOf('power', [3], (b) => b.add('Pow', [b.add('Exp', [b.input]), b.input]))
    await expect(mapOf(net, normals(1, 3), {})).rejects.toMatchObject({
      code: 'AGON_NO_RULE',
      what: expect.stringContaining("Pow node 'pow1'") as string
    })
  })
})

describe('the gradient', () => {
  it('times input - baseline is global', async () => {
    const [session, input, baseline] = [await engine.load(tanhNet()), normals(2, 6), normals(2, 6, 3)]
    const map = async (method: Method, call = {}) =>
      (await explain(session, input, method, { target: 1, ...call })).attribution
    const [local, global] = [gradient(), gradient({ multiplier: 'global' })]
    expect(bits(await map(global, { baseline }))).toEqual(
      bits(timesEach(await map(local), minusBaseline(input, baseline)))
    )
    expect(bits(await map(global))).toEqual(bits(await map(gradientTimesInput())))
  })
})
