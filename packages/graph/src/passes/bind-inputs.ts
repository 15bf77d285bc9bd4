import {
  AgonError,
  formatShape,
  knownNames,
  type Constant,
  type Model,
  type ValueInfo,
  type ValueName
} from '@agon/core'

/**
 * Gives inputs a constant value, so that a model of several inputs becomes one of fewer. Throws AGON_UNKNOWN_NAME for a name
 * that is no input, AGON_BAD_INPUT for a constant whose dtype or shape does not fit what the model declares.
 */
export function bindInputs(model: Model, bindings: Readonly<Record<ValueName, Constant>>): Model {
  const constants = new Map(model.constants)
  for (const [name, constant] of Object.entries(bindings)) {
    const info = model.inputs.find((input) => input.name === name)
    if (info === undefined) {
      const known = knownNames(
        name,
        model.inputs.map((input) => input.name)
      )
      throw new AgonError('AGON_UNKNOWN_NAME', { what: `input of model '${model.name}'`, ...known })
    }
    needFit(info, constant)
    constants.set(name, constant)
  }
  return { ...model, inputs: model.inputs.filter(({ name }) => !(name in bindings)), constants }
}

function needFit({ name, dtype, shape }: ValueInfo, constant: Constant): void {
  const fits =
    dtype === constant.dtype &&
    shape.length === constant.shape.length &&
    shape.every((extent, axis) => typeof extent === 'string' || extent === constant.shape[axis]) &&
    constant.data.length === constant.shape.reduce((size, extent) => size * extent, 1)
  if (fits) return
  throw new AgonError('AGON_BAD_INPUT', {
    what: `constant for input '${name}'`,
    expected: `${dtype} ${formatShape(shape)}`,
    found: `${constant.dtype} ${formatShape(constant.shape)} of ${constant.data.length} values`
  })
}
