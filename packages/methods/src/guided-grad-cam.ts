import { defineMethod, type BackwardRules } from '@agon/core'
import { ruleDefinitions } from '@agon/graph'
import { byMeanGradient } from './grad-cam.js'
import { assertCamOptions, prepareCam, type Interpolation } from './layers/cam.js'
import { eachGradient } from './layers/gradients.js'
import { layerDefaults, type LayerOptions } from './layers/layer.js'

export interface GuidedGradCamOptions extends LayerOptions {
  /** How the map of Grad-CAM is brought to the height and width of the input. Default `'bilinear'`. */
  readonly interpolation: Interpolation
}

/** The guided rule at every operator that it is a rule of. */
const rules: BackwardRules = {
  byOp: Object.fromEntries(Object.keys(ruleDefinitions.get('guided')!.rewritings).map((op) => [op, 'guided']))
}

/**
 * Guided Grad-CAM: guided backpropagation G of logit f to the input, times the map of Grad-CAM M, rectified and brought to the size of the input,
 *
 *     map_chw = G_chw M_hw
 *
 * `[L, N, ...input]`, signed by G; the pictures' channels share M. Throws AGON_NO_RULE for a model without a rectifier.
 */
export const guidedGradCam = defineMethod<GuidedGradCamOptions>({
  name: 'guided-grad-cam',
  cite: 'Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra 2017, Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, arXiv 1610.02391',
  defaults: { ...layerDefaults, interpolation: 'bilinear' },
  check: (options) => assertCamOptions('guided-grad-cam', { ...options, upsample: 'input' }),
  async attribute(context, given) {
    const { input, targets } = context
    const options = { ...given, upsample: 'input', relu: true } as const
    const prepared = await prepareCam('guided-grad-cam', byMeanGradient, context, options, { index: 0, count: 2 })
    const [labels, examples] = [targets[0]!.length, input.shape[0]!]
    const cam = await prepared.maps(0, labels)
    const [size, pixels] = [input.data.length / examples, input.shape[2]! * input.shape[3]!]
    const data = new Float32Array(labels * input.data.length)
    await eachGradient(context, { size, rules }, { index: 1, count: 2 }, (l, n, guided) => {
      const at = l * examples + n
      const map = cam.data.subarray(at * pixels, (at + 1) * pixels)
      for (let i = 0; i < size; i++) data[at * size + i] = guided[i]! * map[i % pixels]!
    })
    return { shape: [labels, ...input.shape], data }
  }
})
