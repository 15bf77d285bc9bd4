import { defineMethod } from '@agon/core'
import { assertLayer, layerDefaults, wrtLayer } from './layers/layer.js'

/**
 * Gradient (.) input: each input's share of the logit to first order. On a net of linear, ReLU and pooling layers without
 * biases the shares sum to the logit exactly. With `layer`, the gradient at that value times the value: each activation's share.
 */
export const gradientTimesInput = defineMethod({
  name: 'gradient-times-input',
  cite: 'Shrikumar, Greenside, Shcherbina & Kundaje 2016, Not Just a Black Box, arXiv 1605.01713',
  defaults: layerDefaults,
  check: ({ layer }) => assertLayer('gradient-times-input', layer),
  pass: (options) => ({ cotangent: 'one', multiply: 'input', ...wrtLayer(options) })
})
