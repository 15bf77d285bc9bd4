import { defineMetric } from '@agon/core'
import { pixelDefaults } from '../maps/pixels.js'
import { areaUnder, assertCurve, curveDefaults, deletionCurves, type CurveOptions } from './curve.js'
import { readingRange } from './reading.js'

export type PixelFlippingOptions = Omit<CurveOptions, 'baseline'>

/**
 * Pixel flipping: the area under the curve of the explained label's logit (or probability) while the pixels of the largest scores are flipped, each channel to least + largest - x of the
 * example: white to black and black to white, as for the digits of the paper. Least relevant first (`order: 'least'`), a high curve is better.
 */
export const pixelFlipping = defineMetric<PixelFlippingOptions>({
  name: 'pixel-flipping',
  cite: 'Bach et al. 2015, On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation, doi 10.1371/journal.pone.0130140',
  direction: 'lower',
  range: [-Infinity, Infinity],
  formula: 'area under f(x with the share s of pixels ranked first flipped), s from 0 to 1',
  defaults: { ...pixelDefaults, steps: 100, of: 'logit', order: 'most' },
  check: (options) => assertCurve('pixel-flipping', { ...curveDefaults, ...options }),
  given: ({ of, order }) => ({ range: readingRange(of), direction: order === 'most' ? 'lower' : 'higher' }),
  async measure(context, options) {
    const curves = await deletionCurves(context, { ...options, baseline: 'flip' })
    return curves.map((curve) => ({
      value: areaUnder(curve),
      samples: curve.values.length - 1,
      curve: curve.values
    }))
  }
})
