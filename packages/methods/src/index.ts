import { createRegistry, type MethodEntry, type Registry } from '@agon/core'
import { cgi } from './cgi.js'
import { competitiveDeepLift } from './competitive-deep-lift.js'
import { competitiveGradient } from './competitive-gradient.js'
import { competitiveIntegratedGradients } from './competitive-integrated-gradients.js'
import { competitiveLrpEpsilon } from './competitive-lrp-epsilon.js'
import { competitiveShapley } from './competitive-shapley.js'
import { deconvnet } from './deconvnet.js'
import { deepLiftShap } from './deep-lift-shap.js'
import { deepLift } from './deep-lift.js'
import { excitationBackprop } from './excitation-backprop.js'
import { expectedGradients } from './expected-gradients.js'
import { featureAblation } from './feature-ablation.js'
import { fullGrad } from './full-grad.js'
import { gradCam } from './grad-cam.js'
import { gradCamPlusPlus } from './grad-cam-plus-plus.js'
import { gradient } from './gradient.js'
import { gradientShap } from './gradient-shap.js'
import { gradientTimesInput } from './gradient-times-input.js'
import { guidedBackprop } from './guided-backprop.js'
import { guidedGradCam } from './guided-grad-cam.js'
import { integratedGradients } from './integrated-gradients.js'
import { kernelShap } from './kernel-shap.js'
import { lime } from './lime.js'
import { lrp } from './lrp.js'
import { occlusion } from './occlusion.js'
import { rise } from './rise.js'
import { shapleySampling } from './shapley-sampling.js'
import { layerCam } from './layer-cam.js'
import { smoothGrad } from './smooth-grad.js'
import { smoothGradSquared } from './smooth-grad-squared.js'
import { varGrad } from './var-grad.js'
import { xGradCam } from './x-grad-cam.js'

export {
  cgi,
  competitiveDeepLift,
  competitiveGradient,
  competitiveIntegratedGradients,
  competitiveLrpEpsilon,
  competitiveShapley,
  deconvnet,
  deepLift,
  deepLiftShap,
  excitationBackprop,
  expectedGradients,
  featureAblation,
  fullGrad,
  gradCam,
  gradCamPlusPlus,
  gradient,
  gradientShap,
  gradientTimesInput,
  guidedBackprop,
  guidedGradCam,
  integratedGradients,
  kernelShap,
  lime,
  lrp,
  occlusion,
  rise,
  shapleySampling,
  layerCam,
  smoothGrad,
  smoothGradSquared,
  varGrad,
  xGradCam
}
export type { MethodEntry } from '@agon/core'
export type { DeepLiftOptions, LiftRule } from './deep-lift.js'
export type { DeepLiftShapOptions } from './deep-lift-shap.js'
export type { ExpectedGradientsOptions } from './expected-gradients.js'
export type { GradientOptions } from './gradient.js'
export type { GradientShapOptions } from './gradient-shap.js'
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
export type { FullGradOptions } from './full-grad.js'
export type { GuidedGradCamOptions } from './guided-grad-cam.js'
export type { CamOptions, Interpolation } from './layers/cam.js'
export type { LayerOptions } from './layers/layer.js'
export type { SmoothingOptions } from './averaging/smoothing.js'
export type { Baseline } from '@agon/core'
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
  { name: 'gradient-shap', competitive: false, create: gradientShap },
  { name: 'deep-lift', competitive: false, create: deepLift },
  { name: 'deep-lift-shap', competitive: false, create: deepLiftShap },
  { name: 'smooth-grad', competitive: false, create: smoothGrad },
  { name: 'smooth-grad-squared', competitive: false, create: smoothGradSquared },
  { name: 'var-grad', competitive: false, create: varGrad },
  { name: 'occlusion', competitive: false, create: occlusion },
  { name: 'feature-ablation', competitive: false, create: featureAblation },
  { name: 'rise', competitive: false, create: rise },
  { name: 'shapley-sampling', competitive: false, create: shapleySampling },
  { name: 'kernel-shap', competitive: false, create: kernelShap },
  { name: 'lime', competitive: false, create: lime },
  { name: 'grad-cam', competitive: false, create: gradCam },
  { name: 'grad-cam++', competitive: false, create: gradCamPlusPlus },
  { name: 'x-grad-cam', competitive: false, create: xGradCam },
  { name: 'layer-cam', competitive: false, create: layerCam },
  { name: 'guided-grad-cam', competitive: false, create: guidedGradCam },
  { name: 'full-grad', competitive: false, create: fullGrad },
  { name: 'competitive-gradient', competitive: true, create: competitiveGradient },
  { name: 'cgi', competitive: true, create: cgi },
  { name: 'competitive-lrp-epsilon', competitive: true, create: competitiveLrpEpsilon },
  { name: 'competitive-integrated-gradients', competitive: true, create: competitiveIntegratedGradients },
  { name: 'competitive-shapley', competitive: true, create: competitiveShapley },
  { name: 'competitive-deep-lift', competitive: true, create: competitiveDeepLift }
])
