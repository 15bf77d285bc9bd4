import { modelOf, type ModelBuilder } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { smooth, type SmoothOptions } from '../src/index.js'
import { engines } from './engines.js'

const points = [-1e4, -700, -20, -6, -3.1, -1, -1e-3, 0, 1e-4, 0.5, 2.9, 6, 6.01, 20, 700, 1e4]
const betas = [0.5, 1, 10, 1e4]

interface Form {
  readonly option: keyof SmoothOptions
  readonly build: (b: ModelBuilder) => string
  /** Value and slope, in float64. */
  readonly value: (x: number, beta: number) => number
  readonly slope: (x: number, beta: number) => number
}

/** log(1 + e^(beta x)) / beta and its derivative 1 / (1 + e^(-beta x)), written without overflow. */
const softplus = (x: number, beta: number): number =>
  x > 0 ? x + Math.log1p(Math.exp(-beta * x)) / beta : Math.log1p(Math.exp(beta * x)) / beta
const sigmoid = (x: number, beta: number): number => 1 / (1 + Math.exp(-beta * x))
const alpha = Math.fround(0.1)
const box = (x: number, beta: number): number => softplus(x, beta) - softplus(x - 6, beta)
const boxSlope = (x: number, beta: number): number => sigmoid(x, beta) - sigmoid(x - 6, beta)

const forms: Readonly<Record<string, Form>> = {
  Relu: {
    option: 'relu',
    build: (b) => b.add('Relu', [b.input]),
    value: softplus,
    slope: sigmoid
  },
  LeakyRelu: {
    option: 'leakyRelu',
    build: (b) => b.add('LeakyRelu', [b.input], { alpha }),
    value: (x, beta) => softplus(x, beta) - alpha * softplus(-x, beta),
    slope: (x, beta) => sigmoid(x, beta) + alpha * sigmoid(-x, beta)
  },
  PRelu: {
    option: 'pRelu',
    build: (b) => b.add('PRelu', [b.input, b.floats([1], [-0.5])]),
    value: (x, beta) => softplus(x, beta) + 0.5 * softplus(-x, beta),
    slope: (x, beta) => sigmoid(x, beta) - 0.5 * sigmoid(-x, beta)
  },
  'Clip (ReLU6)': {
    option: 'clip',
    build: (b) => b.add('Clip', [b.input, b.floats([], [0]), b.floats([], [6])]),
    value: box,
    slope: boxSlope
  },
  'Clip with a maximum only': {
    option: 'clip',
    build: (b) => b.add('Clip', [b.input, b.floats([], [-3.4e38]), b.floats([], [2])]),
    value: (x, beta) => 2 - softplus(2 - x, beta),
    slope: (x, beta) => sigmoid(2 - x, beta)
  },
  HardSigmoid: {
    option: 'hardSigmoid',
    build: (b) => b.add('HardSigmoid', [b.input], { alpha: 0.25, beta: 0.5 }),
    value: (x, beta) => softplus(x / 4 + 0.5, beta) - softplus(x / 4 - 0.5, beta),
    slope: (x, beta) => (sigmoid(x / 4 + 0.5, beta) - sigmoid(x / 4 - 0.5, beta)) / 4
  },
  HardSwish: {
    option: 'hardSwish',
    build: (b) => b.add('HardSwish', [b.input]),
    value: (x, beta) => (x * box(x + 3, beta)) / 6,
    slope: (x, beta) => (box(x + 3, beta) + x * boxSlope(x + 3, beta)) / 6
  }
}

describe.each(engines)('on %s', (_, create) => {
  const cases = Object.entries(forms).flatMap(([name, form]) => betas.map((beta) => ({ name, beta, form })))

  it.each(cases)('$name with beta $beta is its formula in float64, value and slope, out to 1e4', async (row) => {
    const { form, beta } = row
    const model = smooth(modelOf('one', [points.length], form.build), { [form.option]: { to: 'softplus', beta } })
    expect(model.nodes.map(({ op }) => op)).toContain('Softclip')
    const input = { shape: [1, points.length], data: Float32Array.from(points) }
    const session = await create().load(model)
    const values = (await session.forward(input)).data
    const ones = { shape: [1, 1, points.length], data: new Float32Array(points.length).fill(1) }
    const slopes = (await session.vjp(input, ones)).data
    session.dispose()
    input.data.forEach((x, i) => {
      const [value, slope] = [form.value(x, beta), form.slope(x, beta)]
      // HardSwish multiplies the rounding of its gate, 3e-7 at most, by x.
      const within = 2e-6 * Math.max(1 / beta, Math.abs(value), row.name === 'HardSwish' ? Math.min(6, Math.abs(x)) : 0)
      expect(Math.abs(values[i]! - value), `value at ${x}`).toBeLessThanOrEqual(within)
      // Within a few hundred roundings of beta x.
      const rounding = 1e-5 + 1e-6 * Math.min(beta, 40)
      expect(Math.abs(slopes[i]! - slope), `slope at ${x}`).toBeLessThanOrEqual(rounding * Math.max(1, Math.abs(slope)))
    })
  })

  it.each([0, 1])('log-sum-exp pooling (mean %i) is its formula in float64, out to 1e4', async (mean) => {
    const rows = [
      [-1e4, 1e4, 3, 3],
      [1e4, 1e4, -5, 0],
      [-1e4, -1e4, -1e4, -1e4 + 1],
      [0.25, 0.5, -0.25, 0.125]
    ]
    const pool = (b: ModelBuilder): string => b.add('MaxPool', [b.input], { kernel_shape: [4], strides: [4] })
    for (const temperature of betas) {
      const model = smooth(modelOf('pool', [1, 16], pool), {
        maxPool: { to: 'log-sum-exp', temperature, mean: mean === 1 }
      })
      const input = { shape: [1, 1, 16], data: Float32Array.from(rows.flat()) }
      const session = await create().load(model)
      const values = (await session.forward(input)).data
      const slopes = (await session.vjp(input, { shape: [1, 1, 1, 4], data: new Float32Array(4).fill(1) })).data
      session.dispose()
      rows.forEach((row, o) => {
        const most = Math.max(...row)
        const powers = row.map((x) => Math.exp(temperature * (x - most)))
        const sum = powers.reduce((a, b) => a + b)
        const value = most + Math.log(mean ? sum / 4 : sum) / temperature
        expect(values[o]).toBe(Math.fround(value))
        powers.forEach((power, k) => expect(slopes[4 * o + k]).toBeCloseTo(power / sum, 6))
      })
    }
  })
})
