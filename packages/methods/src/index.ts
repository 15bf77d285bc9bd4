import { createRegistry, type CompetitiveOptions, type Method, type Registry } from '@agon/core'
import { cgi } from './cgi.js'
import { competitiveGradient } from './competitive-gradient.js'
import { gradient } from './gradient.js'
import { gradientTimesInput } from './gradient-times-input.js'

export { cgi, competitiveGradient, gradient, gradientTimesInput }

/** A method's factory under its name; `options` are the method's own. */
export interface MethodEntry {
  readonly name: string
  /** Whether labels compete: the result is then contested at the options' granularity. */
  readonly competitive: boolean
  create(options?: Partial<CompetitiveOptions>): Method
}

/** Every method of this package by name; extend with `.with(...)`. */
export const methods: Registry<MethodEntry> = createRegistry('method', [
  { name: 'gradient', competitive: false, create: (options) => gradient(options) },
  { name: 'gradient-times-input', competitive: false, create: (options) => gradientTimesInput(options) },
  { name: 'competitive-gradient', competitive: true, create: competitiveGradient },
  { name: 'cgi', competitive: true, create: cgi }
])
