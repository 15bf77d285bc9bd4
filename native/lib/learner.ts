import {
  formatShape,
  sizeOf,
  type AdamStep,
  type Learner,
  type LearnerPass,
  type Model,
  type Tensor,
  type ValueName
} from '@agon/core'
import { declaredExample, guardedLearner, parametersOf, specialize, validate, type Shape } from '@agon/graph'
import { parts, type Addon, type Home, type NativeLearner } from './addon.js'
import { assertLearned } from './assert-learned.js'
import { callCore, runJob } from './job.js'
import { lower } from './lower.js'
import { fittedLayers } from './lower/fitted.js'
import { allocate } from './validate.js'

/**
 * A learner of what `parametersOf` names, on the CPU or on a GPU, in float32 off the JavaScript thread. Throws what `load` throws, and AGON_UNSUPPORTED_OPERATOR naming every node that it cannot
 * fit: the reference engine can.
 */
export function createLearner(model: Model, addon: Addon, home: Home): Learner {
  validate(model)
  const fixed = specialize(model, declaredExample(model))
  const shapes = parametersOf(model, fixed)
  const lowered = lower(fixed, fittedLayers)
  const ids = [...shapes.keys()].map((name) => lowered.constantIds.get(name)!)
  assertLearned(lowered, new Set(ids))
  const pairs = [...shapes.values()].flatMap((shape, i) => [ids[i]!, Number(shape.length >= 2)])
  const native = callCore(() => new addon.NativeLearner(lowered.program, Int32Array.from(pairs), home))
  return guardedLearner(fixed, shapes, overNative(native, shapes))
}

function overNative(native: NativeLearner, shapes: ReadonlyMap<ValueName, Shape>): Learner {
  const names = [...shapes.keys()]
  const copied = (part: (typeof parts)[number]): Map<ValueName, Float32Array> =>
    new Map(
      names.map((name, i) => {
        const data = allocate(`'${name}' ${formatShape(shapes.get(name)!)}`, sizeOf(shapes.get(name)!))
        callCore(() => native.read(parts.indexOf(part), i, data))
        return [name, data]
      })
    )
  const overwrite = (part: (typeof parts)[number], data: ReadonlyMap<ValueName, Float32Array>): void =>
    names.forEach((name, i) => callCore(() => native.write(parts.indexOf(part), i, data.get(name)!)))
  return {
    parameters: names,
    pass: (input, labels) => pass(native, input, labels),
    gradients: () =>
      new Map([...copied('gradients')].map(([name, data]) => [name, { shape: shapes.get(name)!, data }])),
    update: (step) => update(native, step),
    read: () => ({ parameters: copied('values'), first: copied('first'), second: copied('second') }),
    write(state) {
      overwrite('values', state.parameters)
      overwrite('first', state.first)
      overwrite('second', state.second)
    },
    dispose: () => native.dispose()
  }
}

async function pass(native: NativeLearner, input: Tensor, labels: readonly number[]): Promise<LearnerPass> {
  const out = new Float64Array(2)
  await runJob(() => native.pass(input.data, Int32Array.from(labels), out), {})
  return { loss: out[0]!, correct: out[1]! }
}

async function update(native: NativeLearner, { step, rate, beta1, beta2, epsilon, decay }: AdamStep): Promise<void> {
  await runJob(() => native.update(Float64Array.of(step, rate, beta1, beta2, epsilon, decay)), {})
}
