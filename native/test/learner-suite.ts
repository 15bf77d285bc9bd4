import type { Engine, Learner, Model } from '@agon/core'
import { declaredExample, parametersOf, specialize } from '@agon/graph'
import {
  errorsAgainstTorch,
  labelledBatch,
  modelOf,
  opCases,
  relativeError,
  tinyModels,
  torchLearner
} from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { sameBits } from './helpers.js'
import { learnerNets } from './learner-nets.js'

export const adam = { rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-4, decay: 0.1 }

/** A net with groups, strides, dilations and pads. */
export const convolutional = learnerNets.find(({ name }) => name.startsWith('groups'))!

/** Declares the tests that the learner of every native engine passes: against that of another engine, PyTorch, and itself. */
export function testLearner(engine: () => Engine, oracle: () => Engine): void {
  againstOracle(engine, oracle)
  againstTorch(engine)
  states(engine)
  refusals(engine)
}

function againstOracle(engine: () => Engine, oracle: () => Engine): void {
  describe(`gradients and five updates are those of engine '${oracle().name}'`, () => {
    it.each(learnerNets.map((model) => [model.name, model] as const))('%s', async (_, model) => {
      await compareUpdates(await engine().learner!(model), await oracle().learner!(model), model)
    })

    it('in every case of one operator that both fit', async () => {
      const refused = new Set<string>()
      for (const { name, op, model } of opCases.filter(({ model }) => isFitted(model))) {
        const learner = await engine().learner!(model).catch((error: Error & { code: string }) => error.code)
        if (typeof learner === 'string') {
          expect(learner, name).toBe('AGON_UNSUPPORTED_OPERATOR')
          refused.add(op)
        } else await compareGradients(learner, await oracle().learner!(model), model, name)
      }
      const normalizations = ['GroupNormalization', 'InstanceNormalization', 'LayerNormalization']
      expect([...refused].sort()).toEqual([
        'ConvTranspose',
        'Detach',
        'Gather',
        ...normalizations,
        'Rectify',
        'Through'
      ])
    })
  })
}

/** Gradients, and parameters after an update, of five batches: within rounding of what `expected` gives. */
async function compareUpdates(found: Learner, expected: Learner, model: Model): Promise<void> {
  expect(found.parameters).toEqual(expected.parameters)
  for (let step = 1; step <= 5; step++) {
    const { input, labels } = labelledBatch(model, 6, step)
    const [own, wanted] = [await found.pass(input, labels), await expected.pass(input, labels)]
    expect(own.loss).toBeCloseTo(wanted.loss, 4)
    expect(own.correct).toBe(wanted.correct)
    const gradients = expected.gradients()
    for (const [name, { shape, data }] of found.gradients()) {
      expect(shape).toEqual(gradients.get(name)!.shape)
      expect(relativeError(data, gradients.get(name)!.data), `gradient of ${name}, step ${step}`).toBeLessThan(1e-4)
    }
    await Promise.all([found.update({ ...adam, step }), expected.update({ ...adam, step })])
    const [a, b] = [found.read(), expected.read()]
    for (const name of found.parameters) {
      const apart = relativeError(a.parameters.get(name)!, b.parameters.get(name)!)
      expect(apart, `${name}, step ${step}`).toBeLessThan(1e-4)
      expect(relativeError(a.second.get(name)!, b.second.get(name)!)).toBeLessThan(1e-3)
    }
  }
  found.dispose()
}

async function compareGradients(found: Learner, expected: Learner, model: Model, what: string): Promise<void> {
  const { input, labels } = labelledBatch(model, 2)
  await Promise.all([found.pass(input, labels), expected.pass(input, labels)])
  const gradients = expected.gradients()
  for (const [parameter, { data }] of found.gradients()) {
    const exact = gradients.get(parameter)!.data
    const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3)
    const error = data.reduce((most, value, e) => Math.max(most, Math.abs(value - exact[e]!)), 0)
    expect(error / largest, `${what}, ${parameter}`).toBeLessThan(1e-4)
  }
  found.dispose()
}

function isFitted(model: Model): boolean {
  try {
    return parametersOf(model, specialize(model, declaredExample(model))).size > 0
  } catch {
    return false
  }
}

function againstTorch(engine: () => Engine): void {
  it('makes the three steps of AdamW that PyTorch makes', async () => {
    const errors = await errorsAgainstTorch(await engine().learner!(torchLearner().model))
    expect(errors.correct).toBe(0)
    expect(errors.loss).toBeLessThan(5e-6)
    expect(errors.gradients).toBeLessThan(1e-4)
    expect(errors.parameters).toBeLessThan(1e-5)
  })
}

function states(engine: () => Engine): void {
  it('does not let a larger batch before touch a smaller one', async () => {
    const [fresh, used] = [await engine().learner!(convolutional), await engine().learner!(convolutional)]
    const [large, small] = [labelledBatch(convolutional, 40, 1), labelledBatch(convolutional, 5, 2)]
    await used.pass(large.input, large.labels)
    const results = [await fresh.pass(small.input, small.labels), await used.pass(small.input, small.labels)]
    expect(results[0]).toEqual(results[1])
    for (const [name, { data }] of fresh.gradients())
      expect(sameBits(data, used.gradients().get(name)!.data)).toBe(true)
  })

  it('goes on with the same bits from a state that was read and written', async () => {
    const { input, labels } = labelledBatch(convolutional, 20)
    const whole = await engine().learner!(convolutional)
    const run = async (learner: Learner, step: number): Promise<void> => {
      await learner.pass(input, labels)
      await learner.update({ ...adam, step })
    }
    await run(whole, 1)
    const resumed = await engine().learner!(convolutional)
    resumed.write(whole.read())
    for (const learner of [whole, resumed]) await run(learner, 2)
    expect(resumed.read()).toEqual(whole.read())
  })

  it('works off the JavaScript thread, one call at a time, and not after dispose', async () => {
    const learner = await engine().learner!(convolutional)
    const { input, labels } = labelledBatch(convolutional, 64)
    const running = learner.pass(input, labels)
    expect(() => learner.gradients()).toThrow(/while it runs/)
    learner.dispose()
    await running
    await expect(learner.pass(input, labels)).rejects.toMatchObject({ code: 'AGON_DISPOSED' })
    expect(() => learner.read()).toThrow(expect.objectContaining({ code: 'AGON_DISPOSED' }) as Error)
  })
}

function refusals(engine: () => Engine): void {
  it('refuses operators that it cannot fit, by node, and names the remedy', async () => {
    const attention = tinyModels().find(({ model: { name } }) => name === 'tiny-attention')!.model
    await expect(engine().learner!(attention)).rejects.toThrow(
      /LayerNormalization node 'layernormalization\d+'.*MatMul node.*reference engine/
    )
  })

  it('refuses weights that other operators read, and convolutions by computed weights', async () => {
    const joined = modelOf('joined', [3], (b) => {
      const weights = b.weights([1, 3])
      return b.add('Gemm', [b.add('Concat', [b.input, weights], { axis: 0 }), weights], { transB: 1 })
    })
    const computed = modelOf('computed', [2, 4], (b) => {
      const kernel = b.add('Slice', [b.input, b.integers([0]), b.integers([2]), b.integers([2])])
      return b.add('Flatten', [b.add('Mul', [b.add('Conv', [b.input, kernel]), b.weights([1, 3])])])
    })
    for (const [model, node] of [
      [joined, 'Concat'],
      [computed, 'Conv']
    ] as const) {
      const refused = engine().learner!(model)
      await expect(refused, node).rejects.toMatchObject({ code: 'AGON_UNSUPPORTED_OPERATOR' })
      await expect(refused, node).rejects.toThrow(new RegExp(`found ${node} node '\\w+'\\. Fit`))
    }
  })
}
