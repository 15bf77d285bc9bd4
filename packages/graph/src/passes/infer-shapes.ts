import type { Model, ValueName } from '@agon/core'
import type { Shape, ValueType } from '../facts.js'
import { needInputShape, onlyInput } from './input-shape.js'
import { propagate } from './propagate.js'
import { validate } from './validate.js'

/**
 * Shape and dtype of every value of a model, at an input shape or at the declared one (there a symbolic first extent
 * counts 1). Throws as `specialize` does; AGON_BAD_INPUT if a further extent is symbolic and no shape is given.
 */
export function inferShapes(model: Model, inputShape?: Shape): ReadonlyMap<ValueName, ValueType> {
  validate(model)
  const input = onlyInput(model)
  const shape =
    inputShape ?? input.shape.map((extent, axis) => (typeof extent === 'number' ? extent : axis === 0 ? 1 : NaN))
  needInputShape(input, shape)
  return propagate(model, new Map([[input.name, { shape, dtype: input.dtype }]])).types
}
