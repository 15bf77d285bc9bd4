import type { AgonError, Learner, LearnerState, Model } from '@agon/core'
import { modelOf } from '@agon/testing'
import { describe, expect, it } from 'vitest'
import { declaredExample, foldConstants, guardedLearner, parametersOf, specialize } from '../src/index.js'

const parameters = (model: Model) => parametersOf(model, specialize(model, declaredExample(model)))

function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return (error as AgonError).code
  }
  return 'none'
}

describe('parametersOf', () => {
  it('lists float weights of layers in the order of the nodes, each once', () => {
    const model = modelOf('net', [2, 4, 4], (b) => {
      const [w, bias, scale] = [b.weights([2, 2, 3, 3]), b.weights([2]), b.uniform([2], 1, 2)]
      const first = b.add('Conv', [b.input, w, bias], { pads: [1, 1, 1, 1] })
      const again = b.add('Conv', [first, w], { pads: [1, 1, 1, 1] })
      const normal = b.add('BatchNormalization', [again, scale, bias, b.weights([2]), b.uniform([2], 1, 2)])
      const flat = b.add('Reshape', [normal, b.integers([0, -1])])
      return b.add('Add', [b.add('MatMul', [flat, b.weights([32, 3])]), b.weights([3])])
    })
    const found = [...parameters(model)].map(([name, shape]) => `${name} ${shape.join('x')}`)
    expect(found).toEqual(['c0 2x2x3x3', 'c1 2', 'c2 2', 'c6 32x3', 'c7 3'])
  })

  it('leaves numbers of formulas and constants of other operators alone', () => {
    const model = modelOf('net', [3], (b) => {
      const centred = b.add('Div', [b.add('Sub', [b.input, b.weights([3])]), b.uniform([3], 1, 2)])
      const half = b.add('Mul', [b.add('Add', [centred, b.floats([], [1])]), b.floats([1], [0.5])])
      return b.add('Gemm', [half, b.weights([3, 2])])
    })
    expect([...parameters(model).keys()]).toEqual(['c4'])
  })

  it('refuses a weight that is computed from constants, and names the way out', () => {
    const model = modelOf('net', [3], (b) =>
      b.add('MatMul', [b.input, b.add('Transpose', [b.weights([2, 3])], { perm: [1, 0] })])
    )
    expect(() => parameters(model)).toThrow(/MatMul node 'matmul1'.*foldConstants/)
    expect([...parameters(foldConstants(model)).keys()]).toEqual(['transpose0_out'])
  })

  it('refuses a weight of which a folded copy is read as well', () => {
    const model = modelOf('net', [2], (b) => {
      const w = b.weights([2, 2])
      return b.add('Sub', [b.add('MatMul', [b.input, w]), b.add('Exp', [w])])
    })
    expect(() => parameters(model)).toThrow(/Exp node/)
  })

  it('refuses probabilities, models without weights and inputs of unknown extent', () => {
    const soft = modelOf('soft', [3], (b) => b.add('Softmax', [b.add('MatMul', [b.input, b.weights([3, 2])])]))
    const bare = modelOf('bare', [3], (b) => b.add('Relu', [b.input]))
    const open: Model = { ...bare, inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 'M'] }] }
    expect([soft, bare, open].map((model) => codeOf(() => parameters(model)))).toEqual([
      'AGON_SOFTMAX',
      'AGON_BAD_MODEL',
      'AGON_BAD_MODEL'
    ])
    expect(() => parameters(soft)).toThrow(/^learner of model 'soft': .*found Softmax node .*softmax of its own/)
  })
})

describe('guardedLearner', () => {
  const model = modelOf('net', [2], (b) => b.add('MatMul', [b.input, b.weights([2, 3])]))
  const fixed = specialize(model, [1, 2])
  const step = { step: 1, rate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 }
  const numbers = new Map([['c0', new Float32Array(6)]])
  const state: LearnerState = { parameters: numbers, first: numbers, second: numbers }
  const input = { shape: [2, 2], data: new Float32Array(4) }

  const learner = (loss = 1): Learner =>
    guardedLearner(fixed, parametersOf(model, fixed), {
      parameters: ['c0'],
      pass: async () => ({ loss, correct: 0 }),
      gradients: () => new Map(),
      update: async () => {},
      read: () => state,
      write: () => {},
      dispose: () => {}
    })

  it.each([
    ['too few labels', [0], /expected 2, one per example, found 1/],
    ['a label that no logit has', [0, 3], /0 to 2, found 3/],
    ['half a label', [0, 0.5], /found 0.5/]
  ])('refuses %s', async (_, labels, message) => {
    await expect(learner().pass(input, labels)).rejects.toThrow(message)
  })

  it('refuses an input that does not fit and a loss that is no number', async () => {
    await expect(learner().pass({ shape: [2, 3], data: new Float32Array(6) }, [0, 1])).rejects.toThrow(/shape of input/)
    await expect(learner(NaN).pass(input, [0, 1])).rejects.toMatchObject({ code: 'AGON_NOT_FINITE' })
  })

  it.each(['step', 'rate', 'beta1', 'beta2', 'epsilon', 'decay'])('refuses a wrong %s', async (name) => {
    const ready = learner()
    await ready.pass(input, [0, 1])
    await expect(ready.update({ ...step, [name]: -1 })).rejects.toThrow(`option '${name}'`)
    await expect(ready.update(step)).resolves.toBeUndefined()
  })

  it('refuses an update or gradients before a pass, and calls while a pass runs', async () => {
    const ready = learner()
    await expect(ready.update(step)).rejects.toThrow(/a pass before/)
    expect(() => ready.gradients()).toThrow(/a pass before/)
    const running = ready.pass(input, [0, 1])
    expect(() => ready.read()).toThrow(/while it runs/)
    await running
    expect(ready.read()).toBe(state)
  })

  it('refuses a state of other parameters, shapes or with NaN', () => {
    const writing = (parameters: LearnerState['parameters']) => () => learner().write({ ...state, parameters })
    expect(writing(new Map())).toThrow(/'parameters' .* expected c0, found nothing/)
    expect(writing(new Map([['c1', new Float32Array(6)]]))).toThrow(/found c1/)
    expect(writing(new Map([['c0', new Float32Array(5)]]))).toThrow(/6 values .* found 5/)
    expect(codeOf(writing(new Map([['c0', new Float32Array(6).fill(NaN)]])))).toBe('AGON_NOT_FINITE')
    expect(codeOf(writing(numbers))).toBe('none')
  })

  it('is of no use after dispose', async () => {
    const gone = learner()
    gone.dispose()
    await expect(gone.pass(input, [0, 1])).rejects.toMatchObject({ code: 'AGON_DISPOSED' })
    await expect(gone.update(step)).rejects.toMatchObject({ code: 'AGON_DISPOSED' })
    expect([gone.gradients, gone.read, () => gone.write(state)].map(codeOf)).toEqual(Array(3).fill('AGON_DISPOSED'))
  })
})
