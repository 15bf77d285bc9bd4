import { assertChoice, defineMethod } from '@agon/core'

export interface GradientOptions {
  /** `'local'` (default): the gradient itself; `'global'`: times input - baseline of the call, in units of the logit. */
  readonly multiplier: 'global' | 'local'
}

/** The gradient of the explained logit with respect to the input (signed, same shape): what a small change would do. */
export const gradient = defineMethod<GradientOptions>({
  name: 'gradient',
  cite: 'Simonyan, Vedaldi & Zisserman 2013, Deep Inside Convolutional Networks, arXiv 1312.6034',
  defaults: { multiplier: 'local' },
  check: ({ multiplier }) => assertChoice("option 'multiplier' of gradient", multiplier, ['global', 'local']),
  pass: ({ multiplier }) => ({
    cotangent: 'one',
    multiply: multiplier === 'global' ? 'input-minus-baseline' : 'none'
  })
})
