import { createRegistry, type MethodEntry, type Registry } from '@agon/core'
import { cgi } from './cgi.js'
import { competitiveGradient } from './competitive-gradient.js'
import { competitiveIntegratedGradients } from './competitive-integrated-gradients.js'
import { expectedGradients } from './expected-gradients.js'
import { gradient } from './gradient.js'
import { gradientTimesInput } from './gradient-times-input.js'
import { integratedGradients } from './integrated-gradients.js'
import { smoothGrad } from './smooth-grad.js'
import { smoothGradSquared } from './smooth-grad-squared.js'
import { varGrad } from './var-grad.js'

export {
  cgi,
  competitiveGradient,
  competitiveIntegratedGradients,
  expectedGradients,
  gradient,
  gradientTimesInput,
  integratedGradients,
  smoothGrad,
  smoothGradSquared,
  varGrad
}
export type { MethodEntry } from '@agon/core'
export type { ExpectedGradientsOptions } from './expected-gradients.js'
export type { IntegratedGradientsOptions } from './integrated-gradients.js'
export type { SmoothingOptions } from './averaging/smoothing.js'
export type { Baseline } from './averaging/baseline.js'
export type { QuadratureName } from './averaging/quadrature.js'

/** Every method of this package by name; extend with `.with(...)`. */
export const methods: Registry<MethodEntry> = createRegistry('method', [
  { name: 'gradient', competitive: false, create: gradient },
  { name: 'gradient-times-input', competitive: false, create: gradientTimesInput },
  { name: 'integrated-gradients', competitive: false, create: integratedGradients },
  { name: 'expected-gradients', competitive: false, create: expectedGradients },
  { name: 'smooth-grad', competitive: false, create: smoothGrad },
  { name: 'smooth-grad-squared', competitive: false, create: smoothGradSquared },
  { name: 'var-grad', competitive: false, create: varGrad },
  { name: 'competitive-gradient', competitive: true, create: competitiveGradient },
  { name: 'cgi', competitive: true, create: cgi },
  { name: 'competitive-integrated-gradients', competitive: true, create: competitiveIntegratedGradients }
])
