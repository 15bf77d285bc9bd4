import { createRegistry, type Method, type Registry } from '@agon/core'
import { cgi } from './cgi.js'
import { competitiveGradient } from './competitive-gradient.js'
import { competitiveIntegratedGradients } from './competitive-integrated-gradients.js'
import { expectedGradients } from './expected-gradients.js'
import { fullGrad } from './full-grad.js'
import { gradCam } from './grad-cam.js'
import { gradCamPlusPlus } from './grad-cam-plus-plus.js'
import { gradient } from './gradient.js'
import { gradientTimesInput } from './gradient-times-input.js'
import { guidedGradCam } from './guided-grad-cam.js'
import { integratedGradients } from './integrated-gradients.js'
import { layerCam } from './layer-cam.js'
import { smoothGrad } from './smooth-grad.js'
import { smoothGradSquared } from './smooth-grad-squared.js'
import { varGrad } from './var-grad.js'
import { xGradCam } from './x-grad-cam.js'

export {
  cgi,
  competitiveGradient,
  competitiveIntegratedGradients,
  expectedGradients,
  fullGrad,
  gradCam,
  gradCamPlusPlus,
  gradient,
  gradientTimesInput,
  guidedGradCam,
  integratedGradients,
  layerCam,
  smoothGrad,
  smoothGradSquared,
  varGrad,
  xGradCam
}
export type { ExpectedGradientsOptions } from './expected-gradients.js'
export type { IntegratedGradientsOptions } from './integrated-gradients.js'
export type { FullGradOptions } from './full-grad.js'
export type { CamOptions } from './layers/cam.js'
export type { LayerOptions } from './layers/layer.js'
export type { SmoothingOptions } from './averaging/smoothing.js'
export type { Baseline } from './averaging/baseline.js'
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
  { name: 'smooth-grad', competitive: false, create: smoothGrad },
  { name: 'smooth-grad-squared', competitive: false, create: smoothGradSquared },
  { name: 'var-grad', competitive: false, create: varGrad },
  { name: 'grad-cam', competitive: false, create: gradCam },
  { name: 'grad-cam++', competitive: false, create: gradCamPlusPlus },
  { name: 'x-grad-cam', competitive: false, create: xGradCam },
  { name: 'layer-cam', competitive: false, create: layerCam },
  { name: 'guided-grad-cam', competitive: false, create: guidedGradCam },
  { name: 'full-grad', competitive: false, create: fullGrad },
  { name: 'competitive-gradient', competitive: true, create: competitiveGradient },
  { name: 'cgi', competitive: true, create: cgi },
  { name: 'competitive-integrated-gradients', competitive: true, create: competitiveIntegratedGradients }
])
