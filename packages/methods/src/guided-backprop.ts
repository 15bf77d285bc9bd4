import { defineMethod } from '@agon/core'
import { rectifiedPass } from './backward/rectifiers.js'

/**
 * Guided backpropagation: the gradient where every ReLU sends back the positive part only of what its derivative would, g = max(g, 0) [x > 0]. Refused
 * (AGON_NO_RULE) on models without a rectifying activation, where it would be the gradient.
 */
export const guidedBackprop = defineMethod({
  name: 'guided-backprop',
  cite: 'Springenberg, Dosovitskiy, Brox & Riedmiller 2014, Striving for Simplicity: The All Convolutional Net, arXiv 1412.6806',
  defaults: {},
  pass: () => rectifiedPass('guided')
})
