import { defineMethod } from '@agon/core'

/**
 * Excitation backpropagation: the probability that a random winner, drawn from layer to layer in proportion of the positive contributions x w, ends at an element;
 * `[L, N, ...]`, 1 in all where every layer on the way has a positive contribution. Biases are left out.
 */
export const excitationBackprop = defineMethod({
  name: 'excitation-backprop',
  cite: 'Zhang, Lin, Brandt, Shen & Sclaroff 2016, Top-down Neural Attention by Excitation Backprop, arXiv 1608.00507',
  defaults: {},
  pass: () => ({
    rules: { composite: { rule: 'z-plus', bias: 'ignore' }, carries: 'relevance', seeds: 'relevance' },
    cotangent: 'one',
    multiply: 'none'
  })
})
