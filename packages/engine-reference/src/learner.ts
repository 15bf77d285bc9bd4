import {
  example,
  type Learner,
  type LearnerPass,
  type LearnerState,
  type Model,
  type Tensor,
  type ValueName
} from '@agon/core'
import { declaredExample, guardedLearner, parametersOf } from '@agon/graph'
import { adamStep } from './adam.js'
import { cotangentsOf } from './backward.js'
import { createBreath } from './breathe.js'
import { crossEntropy } from './cross-entropy.js'
import { runForward } from './forward.js'
import type { Values } from './ops/operator.js'
import { compile, type Program } from './program.js'

/**
 * A learner of what `parametersOf` names, by the derivatives of all operators: passes in float64 one example after the other, gradients in float64, and Adam in
 * float64 whose results are rounded to float32 at the end of every step, so that a state that was read and written back goes on with the same bits. Throws what
 * `compile`, `declaredExample` and `parametersOf` throw.
 */
export function createLearner(model: Model): Learner {
  const program = compile(model, declaredExample(model))
  const shapes = parametersOf(model, program.model)
  const names = [...shapes.keys()]
  const values = pick(names, program.constants)
  const [first, second] = [zeros(values), zeros(values)]
  let gradients = zeros(values)

  return guardedLearner(program.model, shapes, {
    parameters: names,
    async pass(input, labels) {
      const sums = zeros(values)
      const result = await passOver(program, input, labels, sums)
      gradients = sums
      return result
    },
    gradients: () =>
      new Map(names.map((name) => [name, { shape: shapes.get(name)!, data: Float32Array.from(gradients.get(name)!) }])),
    async update(step) {
      for (const name of names) {
        const decayed = shapes.get(name)!.length >= 2
        adamStep(step, decayed, values.get(name)!, gradients.get(name)!, first.get(name)!, second.get(name)!)
      }
    },
    read: () => ({ parameters: copied(values), first: copied(first), second: copied(second) }),
    write(state) {
      overwrite(values, state.parameters)
      overwrite(first, state.first)
      overwrite(second, state.second)
    },
    dispose() {
      for (const kept of [values, first, second, gradients]) kept.clear()
    }
  })
}

/** Adds the gradients of the mean cross-entropy of a batch to `sums`. */
async function passOver(
  program: Program,
  input: Tensor,
  labels: readonly number[],
  sums: Map<ValueName, Values>
): Promise<LearnerPass> {
  const output = program.model.outputs[0]!.name
  const breathe = createBreath(undefined)
  let [loss, correct] = [0, 0]
  for (const [n, label] of labels.entries()) {
    await breathe()
    const values = runForward(program, example(input, n).data)
    const logits = values.get(output)!
    const of = crossEntropy(logits, label)
    loss += of.loss / labels.length
    if (logits.indexOf(Math.max(...logits)) === label) correct++
    const share = of.gradient.map((value) => value / labels.length)
    for (const [name, more] of cotangentsOf(program, values, share, [...sums.keys()])) {
      const sum = sums.get(name)!
      more.forEach((value, e) => (sum[e] = sum[e]! + value))
    }
  }
  return { loss, correct }
}

function pick(names: readonly ValueName[], from: ReadonlyMap<ValueName, Values>): Map<ValueName, Values> {
  return new Map(names.map((name) => [name, from.get(name)!]))
}

function zeros(like: ReadonlyMap<ValueName, Values>): Map<ValueName, Values> {
  return new Map([...like].map(([name, { length }]) => [name, new Float64Array(length)]))
}

function copied(values: ReadonlyMap<ValueName, Values>): ReadonlyMap<ValueName, Float32Array> {
  return new Map([...values].map(([name, data]) => [name, Float32Array.from(data)]))
}

function overwrite(values: ReadonlyMap<ValueName, Values>, state: LearnerState['parameters']): void {
  for (const [name, data] of values) data.set(state.get(name)!)
}
