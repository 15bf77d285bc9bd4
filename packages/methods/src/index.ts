import { createRegistry, type Method, type Registry } from '@agon/core'
import { cgi } from './cgi.js'
import { competitiveDeepLift } from './competitive-deep-lift.js'
import { competitiveGradient } from './competitive-gradient.js'
import { competitiveIntegratedGradients } from './competitive-integrated-gradients.js'
import { deepLift } from './deep-lift.js'
import { deepLiftShap } from './deep-lift-shap.js'
import { expectedGradients } from './expected-gradients.js'
import { gradient } from './gradient.js'
import { gradientShap } from './gradient-shap.js'
import { gradientTimesInput } from './gradient-times-input.js'
import { integratedGradients } from './integrated-gradients.js'
import { smoothGrad } from './smooth-grad.js'
import { smoothGradSquared } from './smooth-grad-squared.js'
import { varGrad } from './var-grad.js'

export {
  cgi,
  competitiveDeepLift,
  competitiveGradient,
  competitiveIntegratedGradients,
  deepLift,
  deepLiftShap,
  expectedGradients,
  gradient,
  gradientShap,
  gradientTimesInput,
  integratedGradients,
  smoothGrad,
  smoothGradSquared,
  varGrad
}
export type { DeepLiftOptions, LiftRule } from './deep-lift.js'
export type { DeepLiftShapOptions } from './deep-lift-shap.js'
export type { ExpectedGradientsOptions } from './expected-gradients.js'
export type { GradientOptions } from './gradient.js'
export type { GradientShapOptions } from './gradient-shap.js'
export type { IntegratedGradientsOptions } from './integrated-gradients.js'
export type { SmoothingOptions } from './averaging/smoothing.js'
export type { Baseline } from '@agon/core'
export type { QuadratureName } from './averaging/quadrature.js'

/** A method's factory under its name. */
export interface MethodEntry {
  readonly name: string
  /** Whether labels compete: the result is then contested at the options' granularity. */
  readonly competitive: boolean
  /** `options` are the method's own; those of a competitive method include the options of `competitive`. */
  create(options?: object): Method
}

/** Every method of this package by name; extend with `.with(...)`. */
export const methods: Registry<MethodEntry> = createRegistry('method', [
  { name: 'gradient', competitive: false, create: gradient },
  { name: 'gradient-times-input', competitive: false, create: gradientTimesInput },
  { name: 'integrated-gradients', competitive: false, create: integratedGradients },
  { name: 'expected-gradients', competitive: false, create: expectedGradients },
  { name: 'gradient-shap', competitive: false, create: gradientShap },
  { name: 'deep-lift', competitive: false, create: deepLift },
  { name: 'deep-lift-shap', competitive: false, create: deepLiftShap },
  { name: 'smooth-grad', competitive: false, create: smoothGrad },
  { name: 'smooth-grad-squared', competitive: false, create: smoothGradSquared },
  { name: 'var-grad', competitive: false, create: varGrad },
  { name: 'competitive-gradient', competitive: true, create: competitiveGradient },
  { name: 'cgi', competitive: true, create: cgi },
  { name: 'competitive-integrated-gradients', competitive: true, create: competitiveIntegratedGradients },
  { name: 'competitive-deep-lift', competitive: true, create: competitiveDeepLift }
])
