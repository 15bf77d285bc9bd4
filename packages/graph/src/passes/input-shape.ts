import { AgonError, formatShape, type Model, type ValueInfo } from '@agon/core'
import type { Shape } from '../facts.js'

/** The only input of a model. Throws AGON_BAD_MODEL if there are several. */
export function onlyInput(model: Model): ValueInfo {
  if (model.inputs.length === 1) return model.inputs[0]!
  const names = model.inputs.map(({ name }) => `'${name}'`).join(', ')
  throw new AgonError('AGON_BAD_MODEL', {
    what: `inputs of model '${model.name}'`,
    expected: 'exactly one',
    found: model.inputs.length === 0 ? 'none' : names,
    remedy:
      model.inputs.length === 0
        ? ''
        : 'Give all but one of them a constant value: bindInputs(model, { name: constant }).'
  })
}

/**
 * Throws AGON_BAD_INPUT unless `shape` fits what the model declares: equal rank, equal fixed extents, one value per symbol,
 * whole numbers >= 1.
 */
export function needInputShape({ name, shape: declared }: ValueInfo, shape: Shape): void {
  const bound = new Map<string, number>()
  const fits =
    shape.length === declared.length &&
    declared.every((extent, axis) => {
      const given = shape[axis]!
      if (!Number.isSafeInteger(given) || given < 1) return false
      if (typeof extent === 'number') return extent === given
      const before = bound.get(extent) ?? given
      if (extent !== '') bound.set(extent, given)
      return before === given
    })
  if (fits) return
  const batch = declared[0]
  const fixedBatch = typeof batch === 'number' && batch > 1 && shape.length === declared.length && shape[0] !== batch
  throw new AgonError('AGON_BAD_INPUT', {
    what: `shape of input '${name}'`,
    expected: formatShape(declared),
    found: formatShape(shape),
    ...(fixedBatch ? { remedy: 'Export the model with batch 1 or a dynamic batch: examples run one at a time.' } : {})
  })
}
