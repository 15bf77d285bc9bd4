import type { Model, Tensor } from '@agon/core'
import { specialize, type StaticModel } from '@agon/graph'

/** A contest asks for the same model again for every chunk of labels. */
const known = new WeakMap<Model, Map<string, StaticModel>>()

/** The model of a session with the shape of every value, as it is for one example of the input: what engines run. */
export function staticModel(model: Model, { shape }: Tensor): StaticModel {
  const one = [1, ...shape.slice(1)]
  const ofModel = known.get(model) ?? new Map<string, StaticModel>()
  known.set(model, ofModel)
  const found = ofModel.get(one.join()) ?? specialize(model, one)
  ofModel.set(one.join(), found)
  return found
}
