import { sizeOf, tensor, type Check, type Method } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { cgi, gradient, gradientTimesInput, guidedBackprop } from '@agon/methods'
import { createCpuEngine } from '@agon/native'
import { modelOf, tinyResidual } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { bottomUp, cascading, independent, randomMap, runCheck } from '../src/index.js'
import { both, kept, mean } from './figures.js'
import { leakyNet, normals } from './nets.js'

const reference = createReferenceEngine()
const cpu = createCpuEngine({ threads: 2 })

describe('known answers', () => {
  it.each([
    [2, 'reference', reference],
    [4, 'reference', reference],
    [10, 'reference', reference],
    [1000, 'cpu', cpu]
  ] as const)(
    'with the logit layer redrawn a fixed one of %i labels keeps (2/K)(1 - 2^-K), on %s',
    async (labels, _, engine) => {
      const draws = 60
      const share = (2 / labels) * (1 - 2 ** -labels)
      for (const seed of [1, 2]) {
        const check = independent({ draws, steps: 1 })
        const options = { figures: [kept], target: 1, seed, granularity: 'element' as const }
        const run = await runCheck(engine, leakyNet(labels, seed, 100), cgi(), normals([1, 100], seed), check, options)
        const values = run.cells.map(({ figures }) => figures.kept!)
        const error = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)) / (draws - 1))
        expect(Math.abs(mean(values) - share)).toBeLessThan(4 * error)
        expect(error).toBeLessThan((labels > 10 ? 0.35 : 0.1) * share)
      }
    }
  )

  it('guided backprop does not see the layers near the logits change; the gradient does', async () => {
    const net = pictureNet()
    const input = normals([2, 1, 16, 16])
    const full = cascading({ draws: 4 })
    const top: Check = { ...full, steps: (model) => full.steps(model).slice(0, 2) }
    const at = async (method: Method) => {
      const { cells, steps } = await runCheck(cpu, net, method, input, top, both)
      return steps.map((_, s) =>
        mean(cells.filter(({ step }) => step === s + 1).map(({ figures }) => figures['spearman(abs)']!))
      )
    }
    const [guided, plain] = [await at(guidedBackprop()), await at(gradient())]
    for (const step of [0, 1]) {
      expect(guided[step]!).toBeGreaterThan(0.65)
      expect(plain[step]!).toBeLessThan(0.25)
    }
  })

  it('gradient (.) input of a picture of one sign keeps its absolute order and loses the signed one', async () => {
    const data = normals([3, 1, 16, 16]).data.map((value) => value ** 4)
    const { cells } = await runCheck(
      cpu,
      pictureNet(),
      gradientTimesInput(),
      tensor([3, 1, 16, 16], data),
      bottomUp({ draws: 10, steps: 1 }),
      both
    )
    const [abs, sign] = ['spearman(abs)', 'spearman'].map((name) => mean(cells.map(({ figures }) => figures[name]!)))
    expect(abs).toBeGreaterThan(0.6)
    expect(Math.abs(sign!)).toBeLessThan(0.2)
  })

  it('a net with batch normalisation loses its map when all is redrawn, and a random map has none to lose', async () => {
    const { model, inputShape } = tinyResidual()
    const input = normals([4, ...inputShape.slice(1)])
    for (const statistics of ['reset', 'keep'] as const) {
      const { cells } = await runCheck(
        cpu,
        model,
        gradient(),
        input,
        cascading({ draws: 10, steps: 1, statistics }),
        both
      )
      expect(Math.abs(mean(cells.map(({ figures }) => figures.spearman!)))).toBeLessThan(0.15)
    }
    const random = await runCheck(cpu, model, randomMap(), input, cascading({ draws: 30, steps: 1 }), {
      ...both,
      granularity: 'element'
    })
    const bound = 4 / Math.sqrt(120 * (sizeOf(inputShape) - 1))
    expect(Math.abs(mean(random.cells.map(({ figures }) => figures['spearman(abs)']!)))).toBeLessThan(bound)
  })
})

/** Three convolutions with rectifiers, two of them with pooling, two dense layers. `[N, 1, 16, 16]` -> `[N, 10]`. */
function pictureNet() {
  return modelOf(
    'pictures',
    [1, 16, 16],
    (b) => {
      const conv = (x: string, inputs: number, outputs: number): string =>
        b.add('Relu', [
          b.add('Conv', [x, b.weights([outputs, inputs, 3, 3], Math.sqrt(2 / (9 * inputs)))], { pads: [1, 1, 1, 1] })
        ])
      const pool = (x: string): string => b.add('MaxPool', [x], { kernel_shape: [2, 2], strides: [2, 2] })
      const flat = b.add('Flatten', [pool(conv(pool(conv(conv(b.input, 1, 8), 8, 12)), 12, 16))])
      const hidden = b.add('Relu', [b.add('Gemm', [flat, b.weights([64, 256], 0.09)], { transB: 1 })])
      return b.add('Gemm', [hidden, b.weights([10, 64], 0.12)], { transB: 1 })
    },
    3
  )
}
