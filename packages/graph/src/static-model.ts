import type { DType, Model, ValueName } from '@agon/core'
import type { Shape } from './facts.js'

/**
 * A model at a fixed input shape: every value has a static shape and dtype, all parameter inputs (Reshape's shape, Slice's starts,
 * Pad's pads, ...) are constants, nodes whose inputs are all constants are folded away (where an evaluator exists), dead nodes
 * are removed. Made by `specialize`.
 */
export interface StaticModel extends Model {
  readonly shapes: ReadonlyMap<ValueName, Shape>
  readonly dtypes: ReadonlyMap<ValueName, DType>
}
