import { AgonError, defineMetric } from '@agon/core'
import { assertPixels } from '../faithfulness/curve.js'
import { pixelDefaults, scoredPixels, type PixelOptions, type Pixels } from '../maps/pixels.js'
import { masksOf } from './mask.js'

export interface PointingGameOptions extends Omit<PixelOptions, 'granularity'> {
  /** A point nearer than this to the mask hits, too; in pixels. Default: 15 for pictures of 224 pixels and more on their longer side, in proportion for smaller ones. */
  readonly tolerance: number | undefined
}

/**
 * The pointing game: 1 if the pixel of the largest score lies inside the mask or nearer to it than the tolerance (Euclidean distance of pixels), else 0. Where several pixels share the
 * largest score, the share of them that hit: what a pick at random would score on average. The mean over examples is the paper's hits / (hits + misses).
 */
export const pointingGame = defineMetric<PointingGameOptions>({
  name: 'pointing-game',
  cite: 'Zhang, Lin, Brandt, Shen & Sclaroff 2016, Top-down Neural Attention by Excitation Backprop, arXiv 1608.00507',
  direction: 'higher',
  range: [0, 1],
  formula: '1 if the largest score is nearer to the mask than the tolerance, else 0',
  defaults: { by: pixelDefaults.by, channelAxis: undefined, tolerance: undefined },
  check({ by, tolerance }) {
    assertPixels('pointing-game', { by, granularity: 'pixel' })
    if (tolerance === undefined || (Number.isFinite(tolerance) && tolerance >= 0)) return
    const what = "option 'tolerance' of pointing-game"
    throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a number >= 0', found: `${tolerance}` })
  },
  async measure(context, { tolerance, ...options }) {
    context.signal?.throwIfAborted()
    const { pixels, scores } = scoredPixels(context, { ...options, granularity: 'pixel' })
    const reach = tolerance ?? (pixels.height === 1 ? 0 : 15 * Math.min(1, longer(pixels) / 224))
    return masksOf('pointing-game', context, pixels).map((mask, n) => {
      const points = largest(scores[n]!)
      const hits = points.filter((point) => mask[point] === 1 || isNear(point, mask, pixels, reach))
      return { value: hits.length / points.length, samples: points.length }
    })
  }
})

function longer({ height, width }: Pixels): number {
  return Math.max(height, width)
}

function largest(scores: Float32Array): number[] {
  const most = scores.reduce((a, b) => Math.max(a, b))
  return Array.from(scores.keys()).filter((pixel) => scores[pixel] === most)
}

/** Whether some pixel of the mask, in the same plane, is nearer than `reach`. */
function isNear(point: number, mask: Float32Array, { height, width }: Pixels, reach: number): boolean {
  const [row, x] = [Math.floor(point / width), point % width]
  const y = row % height
  const bound = Math.ceil(reach)
  for (let v = Math.max(0, y - bound); v <= Math.min(height - 1, y + bound); v++) {
    for (let u = Math.max(0, x - bound); u <= Math.min(width - 1, x + bound); u++) {
      const isClose = (v - y) ** 2 + (u - x) ** 2 < reach ** 2
      if (isClose && mask[(row - y + v) * width + u] === 1) return true
    }
  }
  return false
}
