import {
  AgonError,
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
import { parts, type Addon, type Home, type Instruction, type NativeLearner, type Origin } from './addon.js'
import { agonError, runJob } from './job.js'
import { kinds, type Kind } from './kinds.js'
import { lower } from './lower.js'
import { fittedLayers } from './lower/fitted.js'
import { allocate } from './validate.js'

/** Kinds of instructions that have parameter gradients. */
const learned: readonly Kind[] = [
  'Alias',
  'Gather',
  'Concat',
  'Sum',
  'Max',
  'Conv',
  'MatMul',
  'Unary',
  'Binary',
  'Affine'
]

/**
 * A learner of what `parametersOf` names, in float32 off the JavaScript thread. Throws what `load` throws, and AGON_UNSUPPORTED_OPERATOR naming every node that it cannot
 * fit: the reference engine can.
 */
export function createLearner(model: Model, addon: Addon, home: Home): Learner {
  validate(model)
  const fixed = specialize(model, declaredExample(model))
  const shapes = parametersOf(model, fixed)
  const { program, constantIds, origins } = lower(fixed, fittedLayers)
  assertLearned(program.instructions, origins, (value) => program.constants[value] !== null)
  const pairs = [...shapes].flatMap(([name, shape]) => [constantIds.get(name)!, Number(shape.length >= 2)])
  try {
    return guardedLearner(
      fixed,
      shapes,
      overNative(new addon.NativeLearner(program, Int32Array.from(pairs), home), shapes)
    )
  } catch (error) {
    throw agonError(error)
  }
}

/** A matrix product of two values and a lookup depend on more than one constant weight. */
function assertLearned(
  instructions: readonly Instruction[],
  origins: readonly Origin[],
  isConstant: (value: number) => boolean
): void {
  const bad = instructions.flatMap(({ kind, inputs }, i) => {
    const name = kinds[kind]!
    const fits = learned.includes(name) && (name !== 'MatMul' || isConstant(inputs[0]!) !== isConstant(inputs[1]!))
    return fits ? [] : [`${origins[i]!.op} node '${origins[i]!.node}'`]
  })
  if (bad.length === 0) return
  throw new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: 'learner of the native engine',
    expected: 'operators that it fits (see its README)',
    found: [...new Set(bad)].join(', '),
    remedy: 'Fit the model on the reference engine, or without these nodes.'
  })
}

function overNative(native: NativeLearner, shapes: ReadonlyMap<ValueName, Shape>): Learner {
  const names = [...shapes.keys()]
  const copied = (part: (typeof parts)[number]): Map<ValueName, Float32Array> =>
    new Map(
      names.map((name, i) => {
        const data = allocate(`'${name}' ${formatShape(shapes.get(name)!)}`, sizeOf(shapes.get(name)!))
        native.read(parts.indexOf(part), i, data)
        return [name, data]
      })
    )
  const overwrite = (part: (typeof parts)[number], data: ReadonlyMap<ValueName, Float32Array>): void =>
    names.forEach((name, i) => native.write(parts.indexOf(part), i, data.get(name)!))
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
