import type { Constant, Model, ValueName } from '@agon/core'

/** The model with other values of some float constants, of the same shapes. */
export function withParameters(model: Model, parameters: ReadonlyMap<ValueName, Float32Array>): Model {
  const constants = [...model.constants].map(([name, constant]): [ValueName, Constant] => {
    const data = parameters.get(name)
    return [name, data === undefined ? constant : { dtype: 'float32', shape: constant.shape, data }]
  })
  return { ...model, constants: new Map(constants) }
}
