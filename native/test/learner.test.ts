import type { Learner, Model } from '@agon/core'
import { createReferenceEngine } from '@agon/engine-reference'
import { declaredExample, parametersOf, specialize } from '@agon/graph'
import {
  labelledBatch,
  modelOf,
  opCases,
  relativeError,
  tinyModels,
  torchLearner,
  type ModelBuilder
} from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { cpuEngine, sameBits } from './helpers.js'

const adam = { rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-4, decay: 0.1 }

/** Every op that the native learner knows, in small nets of two labels or more. */
const net = (name: string, shape: number[], build: (b: ModelBuilder) => string) => modelOf(name, shape, build, 7)
const dense = (b: ModelBuilder, x: string, inputs: number, labels = 3) =>
  b.add('Gemm', [x, b.weights([labels, inputs], 0.3), b.weights([labels], 0.1)], { transB: 1 })

const nets: readonly Model[] = [
  ...tinyModels()
    .map(({ model }) => model)
    .filter(({ name }) => name !== 'tiny-attention'),
  net('groups, strides, dilations and uneven pads', [4, 9, 8], (b) => {
    const first = b.add('Conv', [b.input, b.weights([6, 2, 3, 2], 0.4), b.weights([6])], {
      group: 2,
      strides: [2, 1],
      dilations: [1, 2],
      pads: [2, 0, 1, 3]
    })
    const second = b.add('Conv', [b.add('LeakyRelu', [first], { alpha: 0.2 }), b.weights([6, 1, 3, 3], 0.4)], {
      group: 6
    })
    return dense(b, b.add('Flatten', [b.add('Tanh', [second])]), 6 * 3 * 7)
  }),
  net('a wide 1x1 convolution and many channels', [9, 5, 3], (b) => {
    const wide = b.add('Conv', [b.input, b.weights([35, 9, 1, 1], 0.4), b.weights([35])])
    const narrow = b.add('Conv', [b.add('Relu', [wide]), b.weights([4, 35, 2, 1], 0.3)])
    return dense(b, b.add('Flatten', [narrow]), 4 * 4 * 3)
  }),
  net('one axis of positions, Sigmoid, GlobalAveragePool', [3, 17], (b) => {
    const wave = b.add('Sigmoid', [b.add('Conv', [b.input, b.weights([5, 3, 4], 0.5)], { pads: [1, 2] })])
    return b.add('Flatten', [b.add('GlobalAveragePool', [b.add('Conv', [wave, b.weights([4, 5, 1])])])])
  }),
  net('overlapping pools, Concat, Pad and Slice', [2, 8, 8], (b) => {
    const x = b.add('Conv', [b.input, b.weights([3, 2, 3, 3]), b.weights([3])], { pads: [1, 1, 1, 1] })
    const pooled = b.add('MaxPool', [x], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] })
    const mean = b.add('AveragePool', [x], {
      kernel_shape: [3, 3],
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      count_include_pad: 1
    })
    const both = b.add('Concat', [pooled, mean, pooled], { axis: 1 })
    const padded = b.add('Pad', [both, b.integers([0, 0, 0, 1, 0, 0, 0, 0])])
    const cut = b.add('Slice', [padded, b.integers([1]), b.integers([5]), b.integers([3])])
    return dense(b, b.add('Flatten', [cut]), 9 * 4 * 4)
  }),
  net('MatMul over tokens, biases by Add, scales by Mul, a residual', [5, 7], (b) => {
    const linear = b.add('Add', [b.add('MatMul', [b.input, b.weights([7, 7], 0.4)]), b.weights([7])])
    const scaled = b.add('Mul', [b.weights([5, 1]), b.add('Relu', [linear])])
    const joined = b.add('Sub', [b.add('Add', [scaled, b.input]), b.add('Mul', [linear, linear])])
    return dense(b, b.add('Flatten', [joined]), 35)
  }),
  net('Gemm with alpha, beta, transA and a weight on the left', [4, 6], (b) => {
    const matrix = b.add('Squeeze', [b.input, b.integers([0])])
    const left = b.add('MatMul', [b.weights([3, 4]), b.input])
    const right = b.add('Gemm', [matrix, b.weights([4, 5]), b.weights([6, 1])], { transA: 1, alpha: 0.5, beta: -2 })
    const halves = [b.add('Flatten', [left]), b.add('Reshape', [right, b.integers([1, 30])])]
    return b.add('Gemm', [b.add('Concat', halves, { axis: 1 }), b.weights([48, 3], 0.2), b.weights([1, 3])], {
      alpha: 2,
      beta: 0.5
    })
  }),
  net('weights that are read twice', [6], (b) => {
    const [w, bias] = [b.weights([6, 6], 0.4), b.weights([6])]
    const again = (x: string) => b.add('Gemm', [x, w, bias], { transB: 1 })
    const x = b.add('PRelu', [again(b.add('Tanh', [again(b.input)])), b.uniform([6], 0.1, 0.5)])
    return b.add('MatMul', [x, w])
  }),
  net('a Relu beside another reader', [3, 4, 4], (b) => {
    const x = b.add('Conv', [b.input, b.weights([4, 3, 2, 2])])
    return dense(b, b.add('Flatten', [b.add('Add', [b.add('Relu', [x]), b.add('Mul', [x, b.weights([4, 1, 1])])])]), 36)
  })
].map((model, i) => ({ ...model, name: model.name || `net ${i}` }))

async function both(model: Model, threads = 2): Promise<[Learner, Learner]> {
  return [await cpuEngine(threads).learner(model), await createReferenceEngine().learner!(model)]
}

describe('gradients and five updates of the native learner are those of the reference', () => {
  it.each(nets.map((model) => [model.name, model] as const))('%s', async (_, model) => {
    const [native, reference] = await both(model)
    expect(native.parameters).toEqual(reference.parameters)
    for (let step = 1; step <= 5; step++) {
      const given = labelledBatch(model, 6, step)
      const [found, expected] = [
        await native.pass(given.input, given.labels),
        await reference.pass(given.input, given.labels)
      ]
      expect(found.loss).toBeCloseTo(expected.loss, 4)
      expect(found.correct).toBe(expected.correct)
      const gradients = reference.gradients()
      for (const [name, { shape, data }] of native.gradients()) {
        expect(shape).toEqual(gradients.get(name)!.shape)
        expect(relativeError(data, gradients.get(name)!.data), `gradient of ${name}, step ${step}`).toBeLessThan(1e-4)
      }
      await Promise.all([native.update({ ...adam, step }), reference.update({ ...adam, step })])
      const [a, b] = [native.read(), reference.read()]
      for (const name of native.parameters) {
        expect(relativeError(a.parameters.get(name)!, b.parameters.get(name)!), `${name}, step ${step}`).toBeLessThan(
          1e-4
        )
        expect(relativeError(a.second.get(name)!, b.second.get(name)!)).toBeLessThan(1e-3)
      }
    }
    native.dispose()
  })

  it('in every case of one operator that both fit', async () => {
    const refused = new Set<string>()
    for (const { name, op, model } of opCases.filter(({ model }) => isFitted(model))) {
      const native = await cpuEngine()
        .learner(model)
        .catch((error: Error & { code: string }) => error.code)
      if (typeof native === 'string') {
        expect(native, name).toBe('AGON_UNSUPPORTED_OPERATOR')
        refused.add(op)
        continue
      }
      const reference = await createReferenceEngine().learner!(model)
      const { input, labels } = labelledBatch(model, 2)
      await Promise.all([native.pass(input, labels), reference.pass(input, labels)])
      const gradients = reference.gradients()
      for (const [parameter, { data }] of native.gradients()) {
        const exact = gradients.get(parameter)!.data
        const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
        const error = data.reduce((most, value, e) => Math.max(most, Math.abs(value - exact[e]!)), 0)
        expect(error / largest, `${name}, ${parameter}`).toBeLessThan(1e-4)
      }
    }
    const normalizations = ['GroupNormalization', 'InstanceNormalization', 'LayerNormalization']
    expect([...refused].sort()).toEqual(['ConvTranspose', 'Detach', 'Gather', ...normalizations, 'Rectify', 'Through'])
  })
})

function isFitted(model: Model): boolean {
  try {
    return parametersOf(model, specialize(model, declaredExample(model))).size > 0
  } catch {
    return false
  }
}

describe('the native learner', () => {
  const model = nets.find(({ name }) => name.startsWith('groups'))!

  it('gives the same bits for any number of threads, odd batches too', async () => {
    for (const examples of [1, 15, 16, 33, 50]) {
      const states = []
      for (const threads of [1, 2, 3]) {
        const learner = await cpuEngine(threads).learner(model)
        const { input, labels } = labelledBatch(model, examples)
        for (const step of [1, 2]) {
          await learner.pass(input, labels)
          await learner.update({ ...adam, step })
        }
        states.push(learner.read())
        learner.dispose()
      }
      for (const part of ['parameters', 'first', 'second'] as const)
        for (const [name, data] of states[0]![part])
          for (const other of states.slice(1)) expect(sameBits(data, other[part].get(name)!)).toBe(true)
    }
  })

  it('does not let a larger batch before touch a smaller one', async () => {
    const [fresh, used] = [await cpuEngine().learner(model), await cpuEngine().learner(model)]
    const [large, small] = [labelledBatch(model, 40, 1), labelledBatch(model, 5, 2)]
    await used.pass(large.input, large.labels)
    const results = [await fresh.pass(small.input, small.labels), await used.pass(small.input, small.labels)]
    expect(results[0]).toEqual(results[1])
    for (const [name, { data }] of fresh.gradients())
      expect(sameBits(data, used.gradients().get(name)!.data)).toBe(true)
  })

  it('makes the three steps of AdamW that PyTorch makes', async () => {
    const { model: net, adam: given, steps } = torchLearner()
    const learner = await cpuEngine().learner(net)
    for (const [t, expected] of steps.entries()) {
      const { loss, correct } = await learner.pass(expected.input, expected.labels)
      expect(loss).toBeCloseTo(expected.loss, 5)
      expect(correct).toBe(expected.correct)
      const gradients = learner.gradients()
      await learner.update({ ...given, step: t + 1 })
      const { parameters } = learner.read()
      for (const name of learner.parameters) {
        expect(relativeError(gradients.get(name)!.data, expected.gradients[name]!)).toBeLessThan(1e-4)
        expect(relativeError(parameters.get(name)!, expected.parameters[name]!)).toBeLessThan(1e-5)
      }
    }
  })

  it('goes on with the same bits from a state that was read and written', async () => {
    const { input, labels } = labelledBatch(model, 20)
    const whole = await cpuEngine().learner(model)
    const run = async (learner: Learner, step: number): Promise<void> => {
      await learner.pass(input, labels)
      await learner.update({ ...adam, step })
    }
    await run(whole, 1)
    const resumed = await cpuEngine().learner(model)
    resumed.write(whole.read())
    for (const learner of [whole, resumed]) await run(learner, 2)
    expect(resumed.read()).toEqual(whole.read())
  })

  it('works off the JavaScript thread, one call at a time, and not after dispose', async () => {
    const learner = await cpuEngine().learner(model)
    const { input, labels } = labelledBatch(model, 64)
    const running = learner.pass(input, labels)
    expect(() => learner.gradients()).toThrow(/while it runs/)
    learner.dispose()
    await running
    await expect(learner.pass(input, labels)).rejects.toMatchObject({ code: 'AGON_DISPOSED' })
    expect(() => learner.read()).toThrow(expect.objectContaining({ code: 'AGON_DISPOSED' }) as Error)
  })

  it('refuses operators that it cannot fit, by node, and names the remedy', async () => {
    const attention = tinyModels().find(({ model: { name } }) => name === 'tiny-attention')!.model
    await expect(cpuEngine().learner(attention)).rejects.toThrow(
      /LayerNormalization node 'layernormalization\d+'.*MatMul node.*reference engine/
    )
  })
})
