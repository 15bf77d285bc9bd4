import type { Model, ValueName } from '@agon/core'

export function selectOutput(model: Model, value: ValueName): Model {
  return { ...model, outputs: model.outputs.filter(({ name }) => name === value) }
}
