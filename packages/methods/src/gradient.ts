import { defineMethod } from '@agon/core'
import { assertLayer, layerDefaults, wrtLayer } from './layers/layer.js'

/**
 * The gradient of the explained logit with respect to the input, or to the value `layer` (signed, of the same shape): what a small
 * change would do.
 */
export const gradient = defineMethod({
  name: 'gradient',
  cite: 'Simonyan, Vedaldi & Zisserman 2013, Deep Inside Convolutional Networks, arXiv 1312.6034',
  defaults: layerDefaults,
  check: ({ layer }) => assertLayer('gradient', layer),
  pass: (options) => ({ cotangent: 'one', multiply: 'none', ...wrtLayer(options) })
})
