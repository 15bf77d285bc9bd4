import type { Learner, Model } from '@agon/core'
import { declaredExample, parametersOf } from '@agon/graph'
import {
  errorsAgainstTorch,
  finiteDifference,
  labelledBatch,
  modelOf,
  opCases,
  relativeError,
  torchLearner,
  type LabelledBatch,
  type OpCase
} from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { compile, createReferenceEngine, runForward } from '../src/index.js'

const learn = (model: Model): Promise<Learner> => createReferenceEngine().learner!(model)
const adam = { step: 1, rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.1 }

const dense = modelOf('dense', [3], (b) => {
  const hidden = b.add('Tanh', [b.add('Gemm', [b.input, b.weights([4, 3]), b.weights([4])], { transB: 1 })])
  return b.add('Add', [b.add('MatMul', [hidden, b.weights([4, 2])]), b.weights([2])])
})

/** Mean cross-entropy of a batch in float64, a constant moved. */
function lossWith(model: Model, { input, labels }: LabelledBatch, name: string, moved: Float64Array): number {
  const program = compile(model, [1, ...input.shape.slice(1)])
  const constants = new Map([...program.constants, [name, moved]])
  const size = input.data.length / labels.length
  const losses = labels.map((label, n) => {
    const values = runForward({ ...program, constants }, input.data.subarray(n * size, (n + 1) * size))
    const logits = [...values.get(model.outputs[0]!.name)!]
    return Math.log(logits.reduce((sum, z) => sum + Math.exp(z - logits[label]!), 0))
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length
}

/** Cases of two logits or more with a parameter; the largest takes a second. */
const layerCases = opCases.filter(({ smooth, name, model }: OpCase) => {
  const [, ...extents] = model.outputs[0]!.shape
  const logits = extents.reduce<number>((size, extent) => size * Number(extent), 1)
  return smooth && logits >= 2 && !name.includes('7x7') && weightsOf(model).length > 0
})

function weightsOf(model: Model): readonly string[] {
  try {
    return [...parametersOf(model, compile(model, declaredExample(model)).model).keys()]
  } catch {
    return []
  }
}

describe('gradients are those of the mean cross-entropy of a batch, by finite differences in float64', () => {
  it.each(layerCases)('$name', async ({ model }) => {
    const given = labelledBatch(model, 3)
    const learner = await learn(model)
    const { loss } = await learner.pass(given.input, given.labels)
    for (const name of learner.parameters) {
      const start = Float64Array.from(model.constants.get(name)!.data)
      const slopes = finiteDifference((moved) => lossWith(model, given, name, moved), start)
      expect(relativeError(learner.gradients().get(name)!.data, slopes)).toBeLessThan(1e-5)
      expect(loss).toBeCloseTo(lossWith(model, given, name, start), 10)
    }
  })
  it('of every operator with parameters', () => {
    const operators = ['Add', 'BatchNormalization', 'Conv', 'ConvTranspose', 'Gemm', 'GroupNormalization']
    const more = ['InstanceNormalization', 'LayerNormalization', 'MatMul', 'Mul', 'PRelu']
    expect([...new Set(layerCases.map(({ op }) => op))]).toEqual(expect.arrayContaining([...operators, ...more]))
  })
})

describe('three steps of AdamW by PyTorch', () => {
  it('give the same losses, gradients and parameters', async () => {
    const learner = await learn(torchLearner().model)
    expect(learner.parameters).toEqual(['conv.weight', 'conv.bias', 'dense.weight', 'dense.bias'])
    const errors = await errorsAgainstTorch(learner)
    expect(errors.correct).toBe(0)
    expect(errors.loss).toBeLessThan(5e-6)
    expect(errors.gradients).toBeLessThan(2e-5)
    expect(errors.parameters).toBeLessThan(2e-6)
  })
})

describe('a learner', () => {
  it('adds up the gradients of a weight that is read twice', async () => {
    const twice = modelOf('twice', [3], (b) => {
      const w = b.weights([3, 3])
      return b.add('MatMul', [b.add('Tanh', [b.add('MatMul', [b.input, w])]), w])
    })
    const given = labelledBatch(twice, 2)
    const learner = await learn(twice)
    await learner.pass(given.input, given.labels)
    const start = Float64Array.from(twice.constants.get('c0')!.data)
    const slopes = finiteDifference((moved) => lossWith(twice, given, 'c0', moved), start)
    expect(relativeError(learner.gradients().get('c0')!.data, slopes)).toBeLessThan(1e-6)
  })

  it('goes on with the same bits from a state that was read and written', async () => {
    const given = labelledBatch(dense, 4)
    const [whole, broken] = [await learn(dense), await learn(dense)]
    const run = async (learner: Learner, step: number): Promise<void> => {
      await learner.pass(given.input, given.labels)
      await learner.update({ ...adam, step })
    }
    for (const step of [1, 2, 3]) await run(whole, step)
    await run(broken, 1)
    const resumed = await learn(dense)
    resumed.write(broken.read())
    for (const step of [2, 3]) await run(resumed, step)
    expect(resumed.read()).toEqual(whole.read())
    expect(whole.read().parameters.get('c0')).not.toEqual(dense.constants.get('c0')!.data)
  })

  it('leaves the model as it was', async () => {
    const before = [...dense.constants].map(([, { data }]) => Float32Array.from(data))
    const learner = await learn(dense)
    const given = labelledBatch(dense, 2)
    await learner.pass(given.input, given.labels)
    await learner.update(adam)
    learner.read().parameters.get('c0')!.fill(9)
    expect([...dense.constants].map(([, { data }]) => data)).toEqual(before)
    expect(learner.read().parameters.get('c0')![0]).not.toBe(9)
  })

  it('counts the first of equal logits as the largest', async () => {
    const flat = modelOf('flat', [2], (b) => b.add('MatMul', [b.input, b.floats([2, 2], [1, 1, 1, 1])]))
    const learner = await learn(flat)
    const input = { shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }
    expect(await learner.pass(input, [0, 1])).toEqual({ loss: expect.closeTo(Math.log(2), 12), correct: 1 })
  })
})
