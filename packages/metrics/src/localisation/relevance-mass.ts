import { assertChoice, defineMetric } from '@agon/core'
import { scoredPixels } from '../maps/pixels.js'
import { masksOf } from './mask.js'

export interface RelevanceMassOptions {
  /** Of a pixel: its positive score (default; negative ones count as 0), or its absolute value. */
  readonly by: 'positive' | 'absolute'
  /** Default: the axis that the map is summed over, else 1 for pictures. */
  readonly channelAxis: number | undefined
}

/**
 * Relevance mass accuracy: the share of the map's relevance that lies inside the mask,
 *
 *     sum of r_i over i inside / sum of r_i,     r_i = max(0, phi_i) or |phi_i|
 *
 * 0 for a map without any.
 */
export const relevanceMass = defineMetric<RelevanceMassOptions>({
  name: 'relevance-mass',
  cite: 'Arras, Osman & Samek 2022, CLEVR-XAI: A benchmark dataset for the ground truth evaluation of neural network explanations, arXiv 2003.07258',
  direction: 'higher',
  range: [0, 1],
  formula: 'sum of r over the mask / sum of r, r = max(0, phi) or |phi|',
  defaults: { by: 'positive', channelAxis: undefined },
  check: ({ by }) => assertChoice("option 'by' of relevance-mass", by, ['positive', 'absolute']),
  async measure(context, { by, channelAxis }) {
    context.signal?.throwIfAborted()
    const sign = by === 'positive' ? 'signed' : 'absolute'
    const { pixels, scores } = scoredPixels(context, { by: sign, granularity: 'pixel', channelAxis })
    return masksOf('relevance-mass', context, pixels).map((mask, n) => {
      let [inside, all] = [0, 0]
      scores[n]!.forEach((score, pixel) => {
        inside += Math.max(0, score) * mask[pixel]!
        all += Math.max(0, score)
      })
      return { value: all === 0 ? 0 : inside / all, samples: pixels.count }
    })
  }
})
