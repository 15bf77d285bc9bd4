import { assertChoice, defineMethod } from '@agon/core'
import { assertLayer, layerDefaults, wrtLayer, type LayerOptions } from './layers/layer.js'

export interface GradientOptions extends LayerOptions {
  /** `'local'` (default): the gradient itself; `'global'`: times input - baseline of the call (at `layer`, if given), in units of the logit. */
  readonly multiplier: 'global' | 'local'
}

/**
 * The gradient of the explained logit with respect to the input, or to the value `layer` (signed, of the same shape): what a small
 * change would do.
 */
export const gradient = defineMethod<GradientOptions>({
  name: 'gradient',
  cite: 'Simonyan, Vedaldi & Zisserman 2013, Deep Inside Convolutional Networks, arXiv 1312.6034',
  defaults: { ...layerDefaults, multiplier: 'local' },
  check: ({ layer, multiplier }) => {
    assertLayer('gradient', layer)
    assertChoice("option 'multiplier' of gradient", multiplier, ['global', 'local'])
  },
  pass: ({ multiplier, ...options }) => ({
    cotangent: 'one',
    multiply: multiplier === 'global' ? 'input-minus-baseline' : 'none',
    ...wrtLayer(options)
  })
})
