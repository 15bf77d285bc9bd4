import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom, sizeOf, type BackwardRules, type Model, type Rule, type Tensor } from '@agon/core'
import { modelOf, relativeError, tinyCnn, tinyConcat, tinyMlp, tinyResidual } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { createReferenceEngine } from '../src/index.js'

const engine = createReferenceEngine()

function inputOf({ inputs }: Model, seed = 1, examples = 1): Tensor {
  const shape = [examples, ...inputs[0]!.shape.slice(1).map(Number)]
  const random = createRandom(seed)
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) }
}

async function relevances(model: Model, input: Tensor, composite: Rule, more: BackwardRules = {}, wrt?: string) {
  const session = await engine.load(model)
  const labels = [[...Array(sizeOf(model.outputs[0]!.shape.slice(1).map(Number))).keys()]]
  const rules = { composite, carries: 'relevance', ...more } as const
  return session.vjp(input, { labels }, { rules, ...(wrt !== undefined && { wrt }) })
}

const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0)

/** x = [1, -2], W = [[2, -1], [1, 3]], b = [0.5, -1]: y = [0.5, -8], contributions [2, -2] and [-1, -6]. */
const layer = modelOf('layer', [2], (b) =>
  b.add('Gemm', [b.input, b.floats([2, 2], [2, -1, 1, 3]), b.floats([2], [0.5, -1])])
)
const x = { shape: [1, 2], data: Float32Array.of(1, -2) }

describe('one layer, by hand', () => {
  it.each<[string, Rule, readonly number[]]>([
    ['zero', 'zero', [2, -2, -1, -6]],
    ['zero, bias ignored: 2 / 0 ends', { rule: 'zero', bias: 'ignore' }, [1e18, -1e18, (-1 / -7) * -8, (-6 / -7) * -8]],
    ['epsilon', { rule: 'epsilon', epsilon: 0.5 }, [1, -1, (8 / 8.5) * -1, (8 / 8.5) * -6]],
    ['epsilon, bias ignored', { rule: 'epsilon', epsilon: 0.5, bias: 'ignore' }, [2, -2, 8 / -7.5, 48 / -7.5]],
    ['epsilon, bias spread', { rule: 'epsilon', epsilon: 0.5, bias: 'spread' }, [1.125, -0.875, -12 / 8.5, -52 / 8.5]],
    ['gamma', { rule: 'gamma', gamma: 0.5 }, [2, -2, -8 / 11, -72 / 11]],
    [
      'gamma, bias ignored',
      { rule: 'gamma', gamma: 0.5, bias: 'ignore', stabiliser: 0.1 },
      [15, -15, -8 / 10.1, -72 / 10.1]
    ],
    ['alpha-beta', 'alpha-beta', [0.8, -0.5, 1, 6]],
    [
      'alpha-beta, bias ignored',
      { rule: 'alpha-beta', alpha: 1.5, beta: 0.5, bias: 'ignore' },
      [0.75, -0.25, 4 / 7, 24 / 7]
    ],
    ['z-plus', 'z-plus', [0.4, 0, 0, 0]],
    ['z-plus, bias spread', { rule: 'z-plus', bias: 'spread' }, [0.45, 0.05, 0, 0]],
    ['w-square', 'w-square', [0.4, 0.1, -0.8, -7.2]],
    ['flat', 'flat', [0.25, 0.25, -4, -4]],
    ['z-box', { rule: 'z-box', low: -3, high: 3 }, [4 / 9, 0.5 / 9, -3.2, -4.8]],
    ['z-box per channel', { rule: 'z-box', low: [-3, -2], high: [3, 0] }, [0.5, 0, -8, 0]]
  ])('%s', async (_, rule, expected) => {
    const { data } = await relevances(layer, x, rule)
    expect(relativeError(data, Float32Array.from(expected))).toBeLessThan(1e-6)
  })

  it('multipliers are relevances over values, and seeds may be relevances', async () => {
    const multipliers = await relevances(layer, x, 'alpha-beta', { carries: 'derivative' })
    expect([...multipliers.data].map((m, i) => m * x.data[i % 2]!)).toEqual([
      expect.closeTo(0.8),
      expect.closeTo(-0.5),
      expect.closeTo(1),
      expect.closeTo(6)
    ])
    const seeded = await relevances(layer, x, 'w-square', { seeds: 'relevance' })
    expect(relativeError(seeded.data, Float32Array.of(0.8, 0.2, 0.1, 0.9))).toBeLessThan(1e-6)
  })

  it('a sum right behind a MatMul is its bias', async () => {
    const split = modelOf('split', [2], (b) => {
      const product = b.add('MatMul', [b.input, b.floats([2, 2], [2, -1, 1, 3])])
      return b.add('Add', [b.floats([2], [0.5, -1]), product])
    })
    for (const rule of ['gamma', 'alpha-beta', 'z-plus', { rule: 'epsilon', epsilon: 0.5, bias: 'spread' }] as const) {
      expect((await relevances(split, x, rule)).data).toEqual((await relevances(layer, x, rule)).data)
    }
  })
})

const free = [tinyCnn({ biases: false }), tinyMlp({ biases: false })]

describe.each(free.map(({ model }) => [model.name, model] as const))('on %s', (_, model) => {
  const input = inputOf(model)

  it('zero is gradient times input', async () => {
    const session = await engine.load(model)
    const labels = [[...Array(sizeOf(model.outputs[0]!.shape.slice(1).map(Number))).keys()]]
    const gradient = await session.vjp(input, { labels })
    const expected = gradient.data.map((value, i) => value * input.data[i % input.data.length]!)
    expect(relativeError((await relevances(model, input, 'zero')).data, expected)).toBeLessThan(1e-6)
    expect(
      relativeError((await relevances(model, input, { rule: 'epsilon', epsilon: 1e-9 })).data, expected)
    ).toBeLessThan(1e-5)
  })

  it.each<Rule>(['zero', 'epsilon', 'gamma', 'z-plus', 'w-square', 'flat', 'epsilon-plus', 'epsilon-plus-flat'])(
    '%s conserves relevance at every value of the graph',
    async (rule) => {
      const logits = (await (await engine.load(model)).forward(input)).data
      for (const value of ['x', ...model.nodes.flatMap(({ outputs }) => outputs)]) {
        const { shape, data } = await relevances(model, input, rule, {}, value)
        const size = data.length / shape[0]!
        const off = [...logits].map((logit, l) => Math.abs(sum(data.subarray(l * size, (l + 1) * size)) - logit))
        // A logit of which no positive, or no negative, contribution is left keeps nothing under z-plus.
        const kept = off.filter((difference, l) => difference < 1e-4 * Math.max(1, Math.abs(logits[l]!)))
        if (rule === 'z-plus') expect(kept.length).toBeGreaterThan(0)
        else expect(Math.max(...off), `${value}`).toBeLessThan(1e-4 * Math.max(...logits.map(Math.abs)))
      }
    }
  )
})

describe('other operators', () => {
  it('shares a residual sum in proportion, and conserves', async () => {
    for (const { model } of [tinyResidual({ biases: false }), tinyConcat({ biases: false })]) {
      const input = inputOf(model, 3)
      const logits = (await (await engine.load(model)).forward(input)).data
      const { shape, data } = await relevances(model, input, 'zero')
      const size = data.length / shape[0]!
      const gradient = await (await engine.load(model)).vjp(input, { labels: [[...logits.keys()]] })
      logits.forEach((_, l) => {
        const own = sum(data.subarray(l * size, (l + 1) * size))
        const linear = sum(gradient.data.subarray(l * size, (l + 1) * size).map((value, i) => value * input.data[i]!))
        expect(Math.abs(own - linear)).toBeLessThan(1e-4 * Math.max(1, Math.abs(linear)))
      })
    }
  })

  it('passes relevance through curves: R of tanh(x) is R of x', async () => {
    const curve = modelOf('curve', [3], (b) => b.add('Tanh', [b.input]))
    const input = { shape: [1, 3], data: Float32Array.of(0.3, -2, 4) }
    const { data } = await relevances(curve, input, 'epsilon', { seeds: 'relevance' })
    expect(relativeError(data, Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1))).toBeLessThan(1e-6)
  })

  it('halves a product, gives all to the values of attention, and detaches deviations', async () => {
    const gated = modelOf('gated', [2], (b) => b.add('Mul', [b.input, b.add('Sigmoid', [b.input])]))
    const input = { shape: [1, 2], data: Float32Array.of(0.7, -1.5) }
    const silu = await relevances(gated, input, 'epsilon', { seeds: 'relevance' })
    expect(relativeError(silu.data, Float32Array.of(1, 0, 0, 1))).toBeLessThan(1e-6)
    const attention = modelOf('attention', [2, 2], (b) => {
      const weights = b.add('Softmax', [b.add('MatMul', [b.input, b.floats([2, 2], [1, 2, -1, 0.5])])])
      return b.add('MatMul', [weights, b.input])
    })
    const of = { shape: [1, 2, 2], data: Float32Array.of(0.5, 1, -2, 0.3) }
    const seen = await relevances(attention, of, 'zero')
    const weight = (await (await engine.load(attention)).forward(of, { at: attention.nodes[1]!.outputs[0]! })).data
    const valued = modelOf('valued', [2, 2], (b) => {
      const scores = b.add('Softmax', [b.add('MatMul', [b.input, b.floats([2, 2], [1, 2, -1, 0.5])])])
      return b.add('MatMul', [scores, b.add('MatMul', [b.input, b.floats([2, 2], [2, 0, 1, -1])])])
    })
    const logits = (await (await engine.load(valued)).forward(of)).data
    const atValues = await relevances(valued, of, 'zero', {}, valued.nodes[2]!.outputs[0]!)
    logits.forEach((logit, l) => expect(sum(atValues.data.subarray(4 * l, 4 * l + 4))).toBeCloseTo(logit, 5))
    // R of x[j, c] by y[i, c] = sum of w[i, j] x[j, c] is w[i, j] x[j, c].
    const byHand = [0, 1, 2, 3].flatMap((y) =>
      [0, 1, 2, 3].map((e) => (e % 2 === y % 2 ? weight[2 * (y >> 1) + (e >> 1)]! * of.data[e]! : 0))
    )
    expect(relativeError(seen.data, Float32Array.from(byHand))).toBeLessThan(1e-6)
    const normal = modelOf('normal', [3], (b) => b.add('LayerNormalization', [b.input, b.floats([3], [1, 2, 0.5])]))
    const row = { shape: [1, 3], data: Float32Array.of(1, 4, -2) }
    const { data } = await relevances(normal, row, 'zero')
    // y[i] = g[i] (x[i] - mean) / d: R of x[j] is x[j] g[i] (1 if i = j else 0 - 1/3) / d.
    const d = Math.sqrt(6 + 1e-5)
    const expected = [0, 1, 2].flatMap((i) =>
      [0, 1, 2].map((j) => (row.data[j]! * [1, 2, 0.5][i]! * ((i === j ? 1 : 0) - 1 / 3)) / d)
    )
    expect(relativeError(data, Float32Array.from(expected))).toBeLessThan(1e-6)
  })

  it('gives a mask nothing: the factor of x (x > 0) is a step', async () => {
    const masked = modelOf('masked', [2], (b) =>
      b.add('Mul', [b.input, b.add('Cast', [b.add('Greater', [b.input, b.floats([], [0])])], { to: 1 })])
    )
    const { data } = await relevances(masked, { shape: [1, 2], data: Float32Array.of(3, -1) }, 'zero')
    expect([...data]).toEqual([3, 0, 0, 0])
  })

  it('refuses probabilities at the end and weights that depend on the input, naming the node', async () => {
    const head = modelOf('head', [3], (b) => b.add('Softmax', [b.input]))
    const input = { shape: [1, 3], data: Float32Array.of(1, 2, 3) }
    await expect(relevances(head, input, 'epsilon')).rejects.toMatchObject({ code: 'AGON_NO_RULE' })
    await expect(relevances(head, input, 'epsilon')).rejects.toThrow(/Softmax node 'softmax0'.*cutProbabilityHead/)
    await expect(relevances(layer, x, 'z-box')).rejects.toThrow(/low/)
    await expect(relevances(layer, x, { rule: 'alpha-beta', alpha: 3 })).rejects.toThrow(/alpha - beta = 1/)
    await expect(relevances(layer, x, { rule: 'gamma', bias: 'eat' })).rejects.toMatchObject({
      code: 'AGON_BAD_OPTION'
    })
    await expect(relevances(layer, x, 'epsilon-plsu')).rejects.toThrow(/Did you mean 'epsilon-plus'/)
  })
})

describe('composites', () => {
  it('give the first layer, convolutions and the rest their rules', async () => {
    const { model } = tinyCnn()
    const input = inputOf(model)
    const byNode = Object.fromEntries(
      model.nodes.map(({ name, op }, i) => {
        const first = model.nodes.findIndex((node) => node.op === 'Conv')
        return [
          name,
          i === first ? 'flat' : op === 'Conv' ? 'z-plus' : { rule: 'epsilon', epsilon: 1e-6, bias: 'absorb' }
        ]
      })
    )
    const session = await engine.load(model)
    const byHand = await session.vjp(input, { labels: [[0, 1]] }, { rules: { byNode, carries: 'relevance' } })
    const rules = { composite: 'epsilon-plus-flat', carries: 'relevance' } as const
    const named = await session.vjp(input, { labels: [[0, 1]] }, { rules })
    expect(relativeError(named.data, byHand.data)).toBeLessThan(1e-6)
  })

  it('fold batch normalisations into the layers before them', async () => {
    const norm = (b: Parameters<Parameters<typeof modelOf>[2]>[0], value: string, channels: number) =>
      b.add('BatchNormalization', [
        value,
        b.uniform([channels], 0.5, 2),
        b.weights([channels]),
        b.weights([channels]),
        b.uniform([channels], 0.5, 2)
      ])
    const net = modelOf('normalised', [2, 5, 5], (b) => {
      const conv = norm(b, b.add('Conv', [b.input, b.weights([4, 1, 3, 3])], { group: 2 }), 4)
      const turned = norm(
        b,
        b.add('ConvTranspose', [b.add('Relu', [conv]), b.weights([4, 3, 2, 2]), b.weights([6])], { group: 2 }),
        6
      )
      const flat = b.add('Flatten', [b.add('Relu', [turned])])
      return norm(
        b,
        b.add('Gemm', [flat, b.weights([3, 96], 0.2), b.weights([3])], { transB: 1, alpha: 0.5, beta: 2 }),
        3
      )
    })
    const input = inputOf(net)
    const session = await engine.load(net)
    const { surrogate, specialize, foldBatchNorm } = await import('@agon/graph')
    const folded = foldBatchNorm(net)
    expect(folded.nodes.map(({ op }) => op)).not.toContain('BatchNormalization')
    const logits = await (await engine.load(folded)).forward(input)
    expect(relativeError(logits.data, (await session.forward(input)).data)).toBeLessThan(1e-5)
    const ops = surrogate(specialize(net, input.shape), { composite: 'epsilon-plus' }).model.nodes.map(({ op }) => op)
    expect(ops).not.toContain('BatchNormalization')
    const [own, other] = [await relevances(net, input, 'epsilon-plus'), await relevances(folded, input, 'epsilon-plus')]
    expect(relativeError(own.data, other.data)).toBeLessThan(1e-4)
  })
})

interface Truth {
  readonly input: readonly number[]
  readonly layers: Record<
    'conv1' | 'conv2' | 'dense',
    { readonly weight: readonly number[]; readonly bias: readonly number[] }
  >
  readonly logits: readonly number[]
  readonly guided: readonly number[]
  readonly deconvnet: readonly number[]
  readonly epsilon: readonly number[]
  readonly gamma: readonly number[]
}

describe('PyTorch and Captum have the same', () => {
  const truth = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'rules.json'), 'utf8')) as Truth
  const { conv1, conv2, dense } = truth.layers
  const net = modelOf('net', [2, 6, 6], (b) => {
    const first = b.add('Conv', [b.input, b.floats([4, 2, 3, 3], conv1.weight), b.floats([4], conv1.bias)], {
      pads: [1, 1, 1, 1]
    })
    const pooled = b.add('MaxPool', [b.add('Relu', [first])], { kernel_shape: [2, 2], strides: [2, 2] })
    const second = b.add('Relu', [
      b.add('Conv', [pooled, b.floats([5, 4, 2, 2], conv2.weight), b.floats([5], conv2.bias)])
    ])
    return b.add('Gemm', [b.add('Flatten', [second]), b.floats([3, 20], dense.weight), b.floats([3], dense.bias)], {
      transB: 1
    })
  })
  const input = { shape: [1, 2, 6, 6], data: Float32Array.from(truth.input) }
  const labels = [[0, 1, 2]]

  it.each<['guided' | 'deconvnet' | 'epsilon' | 'gamma', BackwardRules]>([
    ['guided', { byOp: { Relu: 'guided' } }],
    ['deconvnet', { byOp: { Relu: 'deconvnet' } }],
    ['epsilon', { composite: { rule: 'epsilon', epsilon: 0.05 }, carries: 'relevance' }],
    ['gamma', { composite: { rule: 'gamma', gamma: 0.3, bias: 'ignore' }, carries: 'relevance' }]
  ])('%s', async (name, rules) => {
    const session = await engine.load(net)
    expect(relativeError((await session.forward(input)).data, Float32Array.from(truth.logits))).toBeLessThan(1e-5)
    const { data } = await session.vjp(input, { labels }, { rules })
    expect(relativeError(data, Float32Array.from(truth[name]))).toBeLessThan(1e-5)
  })
})
