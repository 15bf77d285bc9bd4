import { assertWhole, resolveOptions, type Model } from '@agon/core'
import { assertInitialiser } from './net-options.js'
import { layersOf } from './layers.js'
import { netDefaults, type NetOptions } from './net-options.js'

export interface CnnOptions extends NetOptions {
  /** Outputs of the two convolutions and of the first dense layer. Defaults 32, 64 and 1024. */
  readonly first: number
  readonly second: number
  readonly dense: number
  /** Zeros around the input of each convolution: 0 makes it 4 smaller, 2 keeps its extent. Default 0. */
  readonly pad: number
}

const defaults: CnnOptions = { ...netDefaults, first: 32, second: 64, dense: 1024, pad: 0 }

/**
 * The convolutional net of Adebayo et al. 2018 (arXiv 1810.03292): convolution 5x5 to 32, halved, convolution 5x5 to 64, halved, dense to 1024, dense to the
 * labels, with rectifiers between, on gray pictures `[N, 1, 28, 28]`. Its weights are drawn from `seed`. Throws AGON_BAD_OPTION.
 */
export function cnn(given: Partial<CnnOptions> = {}): Model {
  const options = resolveOptions('cnn', defaults, given)
  const { seed, labels, initialiser, side, mean, deviation, first, second, dense, pad } = options
  assertInitialiser(initialiser)
  assertWhole("option 'pad' of cnn", pad, 0, 2)
  const after = Math.floor((Math.floor((side + 2 * pad - 4) / 2) + 2 * pad - 4) / 2)
  assertWhole("side of the pictures after cnn's convolutions", after, 1, side)
  return layersOf('cnn', seed, initialiser)
    .standardise(mean, deviation)
    .conv(1, first, 5, pad)
    .relu()
    .halve()
    .conv(first, second, 5, pad)
    .relu()
    .halve()
    .flatten()
    .dense(second * after * after, dense)
    .relu()
    .dense(dense, labels)
    .model([1, side, side], labels)
}
