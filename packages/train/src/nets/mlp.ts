import { resolveOptions, type Model } from '@agon/core'
import { layersOf } from './layers.js'
import { assertInitialiser, netDefaults, type NetOptions } from './net-options.js'

export interface MlpOptions extends NetOptions {
  /** Widths of the layers before the labels. Default 2500, 1500, 500. */
  readonly widths: readonly number[]
}

const defaults: MlpOptions = { ...netDefaults, widths: [2500, 1500, 500] }

/**
 * The multilayer perceptron of Adebayo et al. 2018 (arXiv 1810.03292): 2500, 1500 and 500 rectified units, then the labels, on gray pictures `[N, 1, 28, 28]`. Its
 * weights are drawn from `seed`. Throws AGON_BAD_OPTION.
 */
export function mlp(given: Partial<MlpOptions> = {}): Model {
  const { seed, labels, initialiser, side, mean, deviation, widths } = resolveOptions('mlp', defaults, given)
  assertInitialiser(initialiser)
  const extents = [side * side, ...widths]
  let layers = layersOf('mlp', seed, initialiser).standardise(mean, deviation).flatten()
  widths.forEach((width, l) => (layers = layers.dense(extents[l]!, width).relu()))
  return layers.dense(extents.at(-1)!, labels).model([1, side, side], labels)
}
