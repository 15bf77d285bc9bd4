import {
  AgonError,
  formatShape,
  knownNames,
  sizeOf,
  type BackwardRules,
  type ContestOptions,
  type Cotangents,
  type Model,
  type PerExample,
  type Tensor,
  type ValueName
} from '@agon/core'
import type { StaticModel } from './static-model.js'

/** What every engine checks of a session's arguments before it runs anything; engines then deal with facts. */

/**
 * The shape of one example, `[1, ...]`, of an input `[N, ...]` of a model. Throws AGON_BAD_INPUT if the rank or an extent
 * does not fit, AGON_BAD_MODEL for a model that has several inputs or a fixed batch of more than one.
 */
export function assertInput(model: Model, input: Tensor): readonly number[] {
  const declared = onlyInput(model)
  const fits =
    input.shape.length === declared.length &&
    input.shape.length >= 1 &&
    input.shape.every(
      (extent, axis) => Number.isSafeInteger(extent) && extent >= 1 && extentFits(extent, axis, declared)
    ) &&
    sizeOf(input.shape) === input.data.length
  if (fits) return [1, ...input.shape.slice(1)]
  throw new AgonError('AGON_BAD_INPUT', {
    what: `input of model '${model.name}'`,
    expected: `shape ${formatShape(['N', ...declared.slice(1)])} with N >= 1 and as many values`,
    found: `${formatShape(input.shape)} with ${input.data.length} values`
  })
}
