import { defineMethod } from '@agon/core'

/** The gradient of the explained logit with respect to the input (signed, same shape): what a small change would do. */
export const gradient = defineMethod({
  name: 'gradient',
  cite: 'Simonyan, Vedaldi & Zisserman 2013, Deep Inside Convolutional Networks, arXiv 1312.6034',
  defaults: {},
  pass: () => ({ cotangent: 'one', multiply: 'none' })
})
