import { defineMethod, type BackwardRules } from '@agon/core'
import { ruleDefinitions } from '@agon/graph'
import { byMeanGradient } from './grad-cam.js'
import { camMaps } from './layers/cam.js'
import { eachGradient } from './layers/gradients.js'
import { assertLayer, layerDefaults } from './layers/layer.js'

/** The guided rule at every operator that it is a rule of. */
const rules: BackwardRules = {
  byOp: Object.fromEntries(Object.keys(ruleDefinitions.get('guided')!.rewritings).map((op) => [op, 'guided']))
}

/**
 * Guided Grad-CAM: guided backpropagation G of logit f to the input, times the map of Grad-CAM M, rectified and bilinear to the input,
 *
 *     map_chw = G_chw M_hw
 *
 * `[L, N, ...input]`, signed by G; the pictures' channels share M. Throws AGON_NO_RULE for a model without a rectifier.
 */
export const guidedGradCam = defineMethod({
  name: 'guided-grad-cam',
  cite: 'Selvaraju, Cogswell, Das, Vedantam, Parikh & Batra 2017, Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, arXiv 1610.02391',
  defaults: layerDefaults,
  check: ({ layer }) => assertLayer('guided-grad-cam', layer),
  async attribute(context, { layer }) {
    const { input, targets } = context
    const options = { layer, upsample: 'input', relu: true } as const
    const cam = await camMaps('guided-grad-cam', byMeanGradient, context, options, { index: 0, count: 2 })
    const [labels, examples] = [targets[0]!.length, input.shape[0]!]
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
