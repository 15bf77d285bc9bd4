import { defineMetric } from '@agon/core'
import { assertPixels } from '../faithfulness/curve.js'
import { pixelDefaults, scoredPixels, type PixelOptions } from '../maps/pixels.js'
import { masksOf } from './mask.js'

export type RelevanceRankOptions = Omit<PixelOptions, 'granularity'>

/**
 * Relevance rank accuracy: of the K pixels of the largest scores the share that lies inside the mask, which holds K pixels itself. Of pixels with equal scores at the K-th place those inside
 * count in proportion, as a pick at random would score on average.
 */
export const relevanceRank = defineMetric<RelevanceRankOptions>({
  name: 'relevance-rank',
  cite: 'Arras, Osman & Samek 2022, CLEVR-XAI: A benchmark dataset for the ground truth evaluation of neural network explanations, arXiv 2003.07258',
  direction: 'higher',
  range: [0, 1],
  formula: '|the K pixels of the largest scores, and inside the mask| / K, K the pixels of the mask',
  defaults: { by: pixelDefaults.by, channelAxis: undefined },
  check: ({ by }) => assertPixels('relevance-rank', { by, granularity: 'pixel' }),
  async measure(context, options) {
    context.signal?.throwIfAborted()
    const { pixels, scores } = scoredPixels(context, { ...options, granularity: 'pixel' })
    return masksOf('relevance-rank', context, pixels).map((mask, n) => {
      const inMask = mask.reduce((sum, value) => sum + value, 0)
      return { value: hitsAmong(scores[n]!, mask, inMask) / inMask, samples: inMask }
    })
  }
})

/** How many of the `places` largest scores lie in the mask, on average over the orders of equal ones. */
function hitsAmong(scores: Float32Array, mask: Float32Array, places: number): number {
  const least = scores.slice().sort()[scores.length - places]!
  let [above, aboveInside, equal, equalInside] = [0, 0, 0, 0]
  scores.forEach((score, pixel) => {
    above += score > least ? 1 : 0
    aboveInside += score > least ? mask[pixel]! : 0
    equal += score === least ? 1 : 0
    equalInside += score === least ? mask[pixel]! : 0
  })
  return aboveInside + ((places - above) * equalInside) / equal
}
