import { assertWhole, defineMetric, rowsOf } from '@agon/core'
import { scoredPixels, type Pixels } from '../maps/pixels.js'
import { meanAndSpread } from '../maps/statistics.js'
import { readCopies } from './copies.js'
import { assertCurve, curveDefaults, ordersOf, progressive, type CurveOptions } from './curve.js'
import { dropRange } from './reading.js'
import { replacementsOf } from './replacement.js'

export interface AopcOptions extends Omit<CurveOptions, 'steps' | 'granularity'> {
  /** L, at most as many as there are. Default 100. */
  readonly regions: number
  /** Side of a square region in pixels. Default: 9 of 224, in proportion to the longer side of a picture, at least 1. */
  readonly side: number | undefined
}

/**
 * Area over the perturbation curve: the mean fall of the explained label's probability (or logit) while the L regions of the largest scores lose what they show, one after the other and
 * for good,
 *
 *     1/(L + 1) sum over k = 0 .. L of f(x) - f(x with the first k regions replaced)
 *
 * Regions are the cells of a grid; a region's score is the sum of its pixels'. Without a baseline of the option or the call its
 * values are replaced by numbers drawn evenly from each channel's range.
 */
export const aopc = defineMetric<AopcOptions>({
  name: 'aopc',
  cite: 'Samek, Binder, Montavon, Lapuschkin & Mueller 2017, Evaluating the Visualization of What a Deep Neural Network Has Learned, arXiv 1509.06321',
  direction: 'higher',
  range: [-1, 1],
  formula: '1/(L + 1) sum over k = 0 .. L of f(x) - f(x with the k regions ranked first replaced)',
  defaults: {
    by: 'signed',
    channelAxis: undefined,
    of: 'probability',
    order: 'most',
    baseline: undefined,
    regions: 100,
    side: undefined
  },
  check(options) {
    assertCurve('aopc', { ...curveDefaults, ...options })
    assertWhole("option 'regions' of aopc", options.regions, 1, 1_000_000)
    if (options.side !== undefined) assertWhole("option 'side' of aopc", options.side, 1, 1_000_000)
  },
  given: ({ of, order }) => ({ range: dropRange(of), direction: order === 'most' ? 'higher' : 'lower' }),
  async measure(context, options) {
    const { pixels, scores, channelAxis } = scoredPixels(context, { ...options, granularity: 'pixel' })
    const cells = regionsOf(pixels, options.side ?? defaultSide(pixels))
    const replaced = replacementsOf(context, options.baseline, { channelAxis, fallback: 'uniform' })
    const sums = scores.map((row) => Float32Array.from(cells, (cell) => cell.reduce((sum, p) => sum + row[p]!, 0)))
    const inputs = rowsOf(context.input)
    const copies = ordersOf(context, sums, options.order).map((order, n) => {
      const first = order.slice(0, options.regions).map((region) => cells[region]!)
      return progressive(pixels, first, inputs[n]!, replaced[n]!)
    })
    return (await readCopies(context, copies, options.of)).map((values) => {
      const { mean, spread } = meanAndSpread(values.map((value) => values[0]! - value))
      return { value: mean, samples: values.length - 1, spread, curve: values }
    })
  }
})

function defaultSide({ height, width }: Pixels): number {
  return height === 1 ? 1 : Math.max(1, Math.round((9 * Math.max(height, width)) / 224))
}

/** The cells of a grid from the upper left corner, pixels ascending; those at the right and lower border may be smaller. */
export function regionsOf({ planes, height, width }: Pixels, side: number): number[][] {
  const [rows, columns] = [Math.ceil(height / side), Math.ceil(width / side)]
  const cells = Array.from({ length: planes * rows * columns }, (): number[] => [])
  for (let p = 0; p < planes * height * width; p++) {
    const [row, x] = [Math.floor(p / width), p % width]
    const [plane, y] = [Math.floor(row / height), row % height]
    cells[(plane * rows + Math.floor(y / side)) * columns + Math.floor(x / side)]!.push(p)
  }
  return cells
}
