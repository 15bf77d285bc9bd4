import { cam } from './layers/cam.js'

/**
 * LayerCAM: every element of a layer A, weighted by its own gradient of logit f where that is positive, summed over channels k:
 *
 *     map_i = relu(sum over k of relu(df/dA_ki) A_ki)
 *
 * `[L, N, 1, H, W]` in units of the logit.
 */
export const layerCam = cam({
  name: 'layer-cam',
  cite: 'Jiang, Zhang, Hou, Cheng & Wei 2021, LayerCAM: Exploring Hierarchical Class Activation Maps for Localization, doi 10.1109/TIP.2021.3089943',
  combine(activations, gradient, pixels) {
    const map = new Float64Array(pixels)
    for (let at = 0; at < activations.length; at++) {
      const slope = gradient[at]!
      if (slope > 0) map[at % pixels] = map[at % pixels]! + slope * activations[at]!
    }
    return map
  }
})
