import { assertWhole, defineMetric, rowsOf, spearman } from '@agon/core'
import { copyPixels, scoredPixels, type Pixels } from '../maps/pixels.js'
import { readCopies, type Copies } from './copies.js'
import { assertCurve, curveDefaults, ordersOf, type CurveOptions } from './curve.js'
import { cutAt, evenEnds } from './ranking.js'
import { channelsOf, drawn } from './replacement.js'

export interface MonotonicityCorrelationOptions extends Pick<CurveOptions, 'granularity' | 'channelAxis' | 'of'> {
  /** In how many groups of neighbouring ranks the pixels are taken. Default 50. */
  readonly groups: number
  /** Draws of each group's values. Default 4. */
  readonly draws: number
}

/**
 * Monotonicity as a rank correlation: Spearman's, over groups G of pixels, of the sum of |phi| with how much the explained label's probability varies when the group's values are drawn anew,
 *
 *     spearman_G(sum of |phi_i| over i in G, mean of (f(x) - f(x with G drawn))^2)
 *
 * Pixels are grouped by neighbouring ranks of |phi| (the paper takes features one by one); values are drawn evenly from each channel's range, draw d for group g of example n from stream
 * ('values', n, g, d).
 */
export const monotonicityCorrelation = defineMetric<MonotonicityCorrelationOptions>({
  name: 'monotonicity-correlation',
  cite: 'Nguyen & Martinez 2020, On quantitative aspects of model interpretability, arXiv 2007.07584',
  direction: 'higher',
  range: [-1, 1],
  formula:
    'Spearman correlation over groups G of pixels of sum of |phi| over G with the mean of (f(x) - f(x with G drawn anew))^2',
  defaults: { granularity: 'pixel', channelAxis: undefined, of: 'probability', groups: 50, draws: 4 },
  check({ groups, draws, ...options }) {
    assertCurve('monotonicity-correlation', { ...curveDefaults, ...options })
    assertWhole("option 'groups' of monotonicity-correlation", groups, 2, 1_000_000)
    assertWhole("option 'draws' of monotonicity-correlation", draws, 1, 1_000_000)
  },
  async measure(context, { groups, draws, of, ...options }) {
    const { pixels, scores, channelAxis } = scoredPixels(context, { ...options, by: 'absolute' })
    const channels = channelsOf(context.input.shape, channelAxis)
    const parts = ordersOf(context, scores, 'least').map((order) => cutAt(order, evenEnds(pixels.count, groups)))
    const copies = rowsOf(context.input).map((x, n) => {
      const values = (g: number, d: number) => drawn(x, channels, context.random.fork('values', n, g, d))
      return redrawn(pixels, x, parts[n]!, draws, values)
    })
    return (await readCopies(context, copies, of)).map(([whole, ...readings], n) => {
      const squares = readings.map((reading) => (whole! - reading) ** 2)
      const sums = parts[n]!.map((group) => group.reduce((sum, pixel) => sum + scores[n]![pixel]!, 0))
      const changes = sums.map((_, g) => squares.slice(g * draws, (g + 1) * draws).reduce((a, b) => a + b) / draws)
      return { value: spearman(sums, changes), samples: readings.length }
    })
  }
})

/** Copy 0 is the example; then come all draws of the first group, and so on. */
function redrawn(
  pixels: Pixels,
  x: Float32Array,
  groups: readonly (readonly number[])[],
  draws: number,
  values: (g: number, d: number) => Float32Array
): Copies {
  return {
    count: 1 + groups.length * draws,
    write(k, into) {
      into.set(x)
      if (k === 0) return
      const [g, d] = [Math.floor((k - 1) / draws), (k - 1) % draws]
      copyPixels(pixels, groups[g]!, values(g, d), into)
    }
  }
}
