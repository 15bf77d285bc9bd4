import { defineMethod } from '@agon/core'

/**
 * Gradient (.) input: each input's share of the logit to first order. On a net of linear, ReLU and pooling layers without
 * biases the shares sum to the logit exactly.
 */
export const gradientTimesInput = defineMethod({
  name: 'gradient-times-input',
  cite: 'Shrikumar, Greenside, Shcherbina & Kundaje 2016, Not Just a Black Box, arXiv 1605.01713',
  defaults: {},
  pass: () => ({ cotangent: 'one', multiply: 'input' })
})
