import { cam, sumOf, weighingChannels } from './layers/cam.js'

/** Weighs every channel by its mean gradient. */
export const byMeanGradient = weighingChannels((_, gradient) => sumOf(gradient) / gradient.length)

/**
 * Grad-CAM: channels A_k of a layer, weighted by the mean of the gradient of logit f at them, over the Z positions of the layer:
 *
 *     map = relu(sum over k of w_k A_k),    w_k = (1/Z) sum over i of df/dA_ki
 *
 * `[L, N, 1, H, W]` in units of the logit. Where the gradient is the same at all positions, as before a global average, the signed map
 * at the layer is gradient (.) activation, summed over the channels.
 */
export const gradCam = cam({
  name: 'grad-cam',
  cite: 'Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra 2017, Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, arXiv 1610.02391',
  combine: byMeanGradient
})
