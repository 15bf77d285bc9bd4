import { defineMetric } from '@agon/core'
import { areaUnder, assertCurve, curveDefaults, insertionCurves, type CurveOptions } from './curve.js'
import { readingRange } from './reading.js'

/**
 * Insertion: the area under the curve of the explained label's probability (or logit) while the pixels of the largest scores are put into the baseline, from none to all. A map
 * that finds what is enough for the model makes it rise early. Least relevant first (`order: 'least'`), late is better.
 */
export const insertion = defineMetric<CurveOptions>({
  name: 'insertion',
  cite: 'Petsiuk, Das & Saenko 2018, RISE: Randomized Input Sampling for Explanation of Black-box Models, arXiv 1806.07421',
  direction: 'higher',
  range: [0, 1],
  formula: 'area under f(baseline with the share s of pixels ranked first taken from x), s from 0 to 1',
  defaults: curveDefaults,
  check: (options) => assertCurve('insertion', options),
  given: ({ of, order }) => ({ range: readingRange(of), direction: order === 'most' ? 'higher' : 'lower' }),
  async measure(context, options) {
    const curves = await insertionCurves(context, options)
    return curves.map((curve) => ({
      value: areaUnder(curve),
      samples: curve.values.length - 1,
      curve: curve.values
    }))
  }
})
