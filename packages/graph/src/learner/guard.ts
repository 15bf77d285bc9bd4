import {
  AgonError,
  assertFinite,
  formatShape,
  sizeOf,
  type AdamStep,
  type Learner,
  type LearnerState,
  type ValueName
} from '@agon/core'
import type { Shape } from '../facts.js'
import { assertInput } from '../session-input.js'
import type { StaticModel } from '../static-model.js'

/**
 * A learner that checks what it is given, so that all engines refuse the same things with the same codes. AGON_BAD_INPUT: arguments that do not fit, `gradients` and
 * `update` before the first pass, any call while a pass or an update runs. AGON_BAD_OPTION: a step of Adam that is none. AGON_NOT_FINITE: a loss
 * that is none, after a rate that was too large. AGON_DISPOSED after `dispose()`.
 */
export function guardedLearner(model: StaticModel, shapes: ReadonlyMap<ValueName, Shape>, inner: Learner): Learner {
  const labels = sizeOf(model.shapes.get(model.outputs[0]!.name)!)
  let [busy, disposed, passed] = [false, false, false]

  const needReady = (): void => {
    if (disposed) throw disposedLearner(model)
    if (busy) throw badCall('that the pass or update before has ended', 'a call while it runs')
  }
  const needPass = (): void => {
    needReady()
    if (!passed) throw badCall('a pass before', 'none')
  }
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    busy = true
    try {
      return await work()
    } finally {
      busy = false
    }
  }

  return {
    parameters: inner.parameters,
    async pass(input, given) {
      needReady()
      assertInput(model, input)
      assertTargets(given, input.shape[0]!, labels)
      const result = await alone(() => inner.pass(input, given))
      assertFiniteLoss(model, result.loss)
      passed = true
      return result
    },
    gradients() {
      needPass()
      return inner.gradients()
    },
    async update(step) {
      needPass()
      assertStep(step)
      await alone(() => inner.update(step))
    },
    read() {
      needReady()
      return inner.read()
    },
    write(state) {
      needReady()
      assertState(state, shapes)
      inner.write(state)
    },
    dispose() {
      disposed = true
      inner.dispose()
    }
  }
}

function badCall(expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_INPUT', { what: 'call of a learner', expected, found })
}

function disposedLearner({ name }: StaticModel): AgonError {
  return new AgonError('AGON_DISPOSED', {
    what: `learner of model '${name}'`,
    expected: 'a learner in use',
    found: 'one that dispose() was called on'
  })
}

function assertTargets(given: readonly number[], examples: number, count: number): void {
  const what = 'labels of the batch'
  if (given.length !== examples) {
    throw new AgonError('AGON_BAD_INPUT', { what, expected: `${examples}, one per example`, found: `${given.length}` })
  }
  const wrong = given.find((label) => !Number.isSafeInteger(label) || label < 0 || label >= count)
  if (wrong === undefined) return
  throw new AgonError('AGON_BAD_INPUT', { what, expected: `whole numbers in 0 to ${count - 1}`, found: `${wrong}` })
}

function assertFiniteLoss({ name }: StaticModel, loss: number): void {
  if (Number.isFinite(loss)) return
  throw new AgonError('AGON_NOT_FINITE', {
    what: `loss of model '${name}'`,
    expected: 'a finite number',
    found: `${loss}`,
    remedy: 'Go back to an earlier state and fit at a smaller rate.'
  })
}

const ranges: Readonly<Record<keyof AdamStep, [expected: string, fits: (value: number) => boolean]>> = {
  step: ['a whole number >= 1', (value) => Number.isSafeInteger(value) && value >= 1],
  rate: ['a number >= 0', (value) => Number.isFinite(value) && value >= 0],
  beta1: ['a number in 0 to 1, without 1', (value) => value >= 0 && value < 1],
  beta2: ['a number in 0 to 1, without 1', (value) => value >= 0 && value < 1],
  epsilon: ['a number > 0', (value) => Number.isFinite(value) && value > 0],
  decay: ['a number >= 0', (value) => Number.isFinite(value) && value >= 0]
}

function assertStep(step: AdamStep): void {
  for (const [name, [expected, fits]] of Object.entries(ranges)) {
    const value = step[name as keyof AdamStep]
    if (fits(value)) continue
    throw new AgonError('AGON_BAD_OPTION', { what: `option '${name}' of a step of Adam`, expected, found: `${value}` })
  }
}

function assertState(state: LearnerState, shapes: ReadonlyMap<ValueName, Shape>): void {
  for (const part of ['parameters', 'first', 'second'] as const) {
    const what = `'${part}' of a learner's state`
    const [names, found] = [[...shapes.keys()], [...state[part].keys()]]
    if (found.length !== names.length || names.some((name) => !state[part].has(name))) {
      throw new AgonError('AGON_BAD_INPUT', { what, expected: names.join(', '), found: found.join(', ') || 'nothing' })
    }
    for (const [name, shape] of shapes) assertValues(`${what}, '${name}'`, state[part].get(name)!, shape)
  }
}

function assertValues(what: string, data: Float32Array, shape: Shape): void {
  if (data.length !== sizeOf(shape)) {
    const expected = `${sizeOf(shape)} values for shape ${formatShape(shape)}`
    throw new AgonError('AGON_BAD_INPUT', { what, expected, found: `${data.length}` })
  }
  assertFinite(what, { shape, data })
}
