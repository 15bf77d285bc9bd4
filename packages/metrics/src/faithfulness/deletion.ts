import { defineMetric } from '@agon/core'
import { areaUnder, assertCurve, curveDefaults, deletionCurves, type CurveOptions } from './curve.js'
import { readingRange } from './reading.js'

/**
 * Deletion: the area under the curve of the explained label's probability (or logit) while the pixels of the largest scores are replaced by the baseline, from none
 * to all. A map that finds what the model needs makes it fall early. Least relevant first (`order: 'least'`), late is better.
 */
export const deletion = defineMetric<CurveOptions>({
  name: 'deletion',
  cite: 'Petsiuk, Das & Saenko 2018, RISE: Randomized Input Sampling for Explanation of Black-box Models, arXiv 1806.07421',
  direction: 'lower',
  range: [0, 1],
  formula: 'area under f(x with the share s of pixels ranked first replaced by the baseline), s from 0 to 1',
  defaults: curveDefaults,
  check: (options) => assertCurve('deletion', options),
  given: ({ of, order }) => ({ range: readingRange(of), direction: order === 'most' ? 'lower' : 'higher' }),
  async measure(context, options) {
    const curves = await deletionCurves(context, options)
    return curves.map((curve) => ({
      value: areaUnder(curve),
      samples: curve.values.length - 1,
      curve: curve.values
    }))
  }
})
