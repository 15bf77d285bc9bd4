import { defineMethod } from '@agon/core'
import { rectifiedPass } from './backward/rectifiers.js'

/**
 * Deconvnet: the gradient where every ReLU sends back the positive part of what it gets, g = max(g, 0), whatever its input was. Refused (AGON_NO_RULE)
 * on models without a rectifying activation, where it would be the gradient.
 */
export const deconvnet = defineMethod({
  name: 'deconvnet',
  cite: 'Zeiler & Fergus 2013, Visualizing and Understanding Convolutional Networks, arXiv 1311.2901',
  defaults: {},
  pass: () => rectifiedPass('deconvnet')
})
