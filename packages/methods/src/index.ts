import { createRegistry, type MethodEntry, type Registry } from '@agon/core'
import { cgi } from './cgi.js'
import { competitiveGradient } from './competitive-gradient.js'
import { competitiveIntegratedGradients } from './competitive-integrated-gradients.js'
import { competitiveLrpEpsilon } from './competitive-lrp-epsilon.js'
import { competitiveShapley } from './competitive-shapley.js'
import { deconvnet } from './deconvnet.js'
import { excitationBackprop } from './excitation-backprop.js'
import { expectedGradients } from './expected-gradients.js'
import { featureAblation } from './feature-ablation.js'
import { gradient } from './gradient.js'
import { gradientTimesInput } from './gradient-times-input.js'
import { guidedBackprop } from './guided-backprop.js'
import { integratedGradients } from './integrated-gradients.js'
import { kernelShap } from './kernel-shap.js'
import { lime } from './lime.js'
import { lrp } from './lrp.js'
import { occlusion } from './occlusion.js'
import { rise } from './rise.js'
import { shapleySampling } from './shapley-sampling.js'
import { smoothGrad } from './smooth-grad.js'
import { smoothGradSquared } from './smooth-grad-squared.js'
import { varGrad } from './var-grad.js'

export {
  cgi,
  competitiveGradient,
  competitiveIntegratedGradients,
  competitiveLrpEpsilon,
  competitiveShapley,
  deconvnet,
  excitationBackprop,
  expectedGradients,
  featureAblation,
  gradient,
  gradientTimesInput,
  guidedBackprop,
  integratedGradients,
  kernelShap,
  lime,
  lrp,
  occlusion,
  rise,
  shapleySampling,
  smoothGrad,
  smoothGradSquared,
  varGrad
}
export type { MethodEntry } from '@agon/core'
export type { ExpectedGradientsOptions } from './expected-gradients.js'
export type { IntegratedGradientsOptions } from './integrated-gradients.js'
export type { FeatureAblationOptions } from './feature-ablation.js'
export type { KernelShapOptions } from './kernel-shap.js'
export type { LimeOptions } from './lime.js'
export type { LrpOptions } from './lrp.js'
export type { OcclusionOptions } from './occlusion.js'
export type { RiseOptions } from './rise.js'
export type { ShapleySamplingOptions } from './shapley-sampling.js'
export type { Fill } from './perturbation/fill.js'
export type { SegmentOptions } from './perturbation/segments.js'
export type { Spread } from './perturbation/switches.js'
export type { Extents } from './perturbation/windows.js'
export type { SmoothingOptions } from './averaging/smoothing.js'
export type { Baseline } from './averaging/baseline.js'
export type { QuadratureName } from './averaging/quadrature.js'

/** Every method of this package by name; extend with `.with(...)`. */
export const methods: Registry<MethodEntry> = createRegistry('method', [
  { name: 'gradient', competitive: false, create: gradient },
  { name: 'gradient-times-input', competitive: false, create: gradientTimesInput },
  { name: 'guided-backprop', competitive: false, create: guidedBackprop },
  { name: 'deconvnet', competitive: false, create: deconvnet },
  { name: 'lrp', competitive: false, create: lrp },
  { name: 'excitation-backprop', competitive: false, create: excitationBackprop },
  { name: 'integrated-gradients', competitive: false, create: integratedGradients },
  { name: 'expected-gradients', competitive: false, create: expectedGradients },
  { name: 'smooth-grad', competitive: false, create: smoothGrad },
  { name: 'smooth-grad-squared', competitive: false, create: smoothGradSquared },
  { name: 'var-grad', competitive: false, create: varGrad },
  { name: 'occlusion', competitive: false, create: occlusion },
  { name: 'feature-ablation', competitive: false, create: featureAblation },
  { name: 'rise', competitive: false, create: rise },
  { name: 'shapley-sampling', competitive: false, create: shapleySampling },
  { name: 'kernel-shap', competitive: false, create: kernelShap },
  { name: 'lime', competitive: false, create: lime },
  { name: 'competitive-gradient', competitive: true, create: competitiveGradient },
  { name: 'cgi', competitive: true, create: cgi },
  { name: 'competitive-lrp-epsilon', competitive: true, create: competitiveLrpEpsilon },
  { name: 'competitive-integrated-gradients', competitive: true, create: competitiveIntegratedGradients },
  { name: 'competitive-shapley', competitive: true, create: competitiveShapley }
])
