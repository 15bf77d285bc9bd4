import {
  AgonError,
  assertFinite,
  formatShape,
  knownNames,
  sizeOf,
  type Cotangents,
  type Model,
  type PerExample,
  type Tensor,
  type ValueName
} from '@agon/core'
import type { Shape } from './facts.js'
import { needInputShape, onlyInput } from './passes/input-shape.js'
import type { StaticModel } from './static-model.js'

/** What every engine checks of a session's arguments, so that all engines refuse the same things with the same codes. */

/**
 * The shape of one example, `[1, ...]`, of an input `[N, ...]`. Throws AGON_BAD_INPUT if it does not fit what the model declares
 * or its values are not as many as its shape says, AGON_NOT_FINITE for NaN or infinity, AGON_BAD_MODEL for a model of several inputs.
 */
export function assertInput(model: Model, tensor: Tensor): Shape {
  const { shape, data } = tensor
  const input = onlyInput(model)
  const examples = shape[0] ?? 0
  const whole = Number.isSafeInteger(examples) && examples >= 1
  if (!whole || sizeOf(shape) !== data.length) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `input '${input.name}'`,
      expected: whole
        ? `${sizeOf(shape)} values for shape ${formatShape(shape)}`
        : 'at least one example, batch axis first',
      found: whole ? `${data.length}` : formatShape(shape)
    })
  }
  const one = [1, ...shape.slice(1)]
  needInputShape(input, one)
  assertFinite(`input '${input.name}'`, tensor)
  return one
}

/** The shape of a value over N examples: its batch axis of extent 1 becomes N; a value without one gets one in front. */
export function stackedShape(shape: Shape, examples: number): Shape {
  return shape[0] === 1 ? [examples, ...shape.slice(1)] : [examples, ...shape]
}

/** Names of what is computed: the input, then every output of a node. */
export function valueNames({ inputs, nodes }: Model): readonly ValueName[] {
  return [...inputs.map(({ name }) => name), ...nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''))]
}

/** The value that an option (`wrt`, `at`) names, or `fallback`. Throws AGON_UNKNOWN_NAME for one that is not among `known`. */
export function resolveValue(
  option: string,
  name: ValueName | undefined,
  fallback: ValueName,
  known: readonly ValueName[]
): ValueName {
  if (name === undefined || known.includes(name)) return name ?? fallback
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `value of option '${option}'`, ...knownNames(name, known) })
}

/**
 * Throws AGON_BAD_INPUT unless dense cotangents are `[L, N, ...output]`, L >= 1, or labels fit (see `assertLabels`), and
 * AGON_NOT_FINITE for cotangents with NaN or infinity.
 */
export function assertCotangents(model: StaticModel, cotangents: Cotangents, examples: number): void {
  const output = model.shapes.get(model.outputs[0]!.name)!
  if ('labels' in cotangents)
    return assertLabels('labels of the cotangents', cotangents.labels, examples, sizeOf(output))
  const { shape, data } = cotangents
  const expected = stackedShape(output, examples)
  const fits =
    shape.length === expected.length + 1 && shape[0]! >= 1 && expected.every((extent, i) => extent === shape[i + 1])
  if (fits && data.length === sizeOf(shape)) return assertFinite('cotangents', cotangents)
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'cotangents',
    expected: `shape ${formatShape(['L', ...expected])} with L >= 1 and as many values`,
    found: `${formatShape(shape)} with ${data.length} values`
  })
}

/** Throws AGON_BAD_INPUT unless there is one list per example, all of one length >= 1, of whole numbers in 0 .. count - 1. */
export function assertLabels(what: string, labels: PerExample, examples: number, count: number): void {
  const lengths = labels.map(({ length }) => length)
  if (lengths.length !== examples || lengths.some((length) => length < 1 || length !== lengths[0])) {
    throw new AgonError('AGON_BAD_INPUT', {
      what,
      expected: `${examples} lists (one per example) of the same number of labels, at least one`,
      found: `lists of length [${lengths.join(', ')}]`
    })
  }
  const wrong = labels.flat().find((label) => !Number.isSafeInteger(label) || label < 0 || label >= count)
  if (wrong === undefined) return
  throw new AgonError('AGON_BAD_INPUT', { what, expected: `whole numbers in 0 to ${count - 1}`, found: `${wrong}` })
}

/** The AGON_DISPOSED of a session that is used after `dispose()`. */
export function disposedError({ name }: Model): AgonError {
  return new AgonError('AGON_DISPOSED', {
    what: `session of model '${name}'`,
    expected: 'a session in use',
    found: 'one that dispose() was called on',
    remedy: 'Load the model again.'
  })
}
