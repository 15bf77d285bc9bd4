import { AgonError, assertWhole, defineMetric, pearson, rowsOf, type MetricContext, type Random } from '@agon/core'
import { copyPixels, pixelDefaults, scoredPixels, type PixelOptions } from '../maps/pixels.js'
import { readCopies } from './copies.js'
import { assertPixels } from './curve.js'
import { assertReading, type Reading } from './reading.js'
import { assertReplacement, replacementsOf, type Replacement } from './replacement.js'

export interface SensitivityNOptions extends PixelOptions {
  /** Pixels of a subset, fewer than there are. Default: a tenth of them, rounded up. */
  readonly n: number | undefined
  /** How many random subsets. Default 100. */
  readonly subsets: number
  /** Default: the logit. */
  readonly of: Reading
  /** What takes the place of pixels. Default: the baseline of the call, else zero. */
  readonly baseline: Replacement | undefined
}

/**
 * Sensitivity-n: Pearson's correlation, over random subsets S of n pixels, of the sum of their scores with what the explained label loses without them,
 *
 *     corr_S(sum of phi_i over i in S, f(x) - f(x with S replaced))
 *
 * It is 1 for gradient times input on a linear model and the baseline zero, whatever n. 0 where one of the two does not vary, 1 where neither does. Subset k of example n is drawn from stream ('subset', n, k).
 */
export const sensitivityN = defineMetric<SensitivityNOptions>({
  name: 'sensitivity-n',
  cite: 'Ancona, Ceolini, Oeztireli & Gross 2018, Towards better understanding of gradient-based attribution methods for Deep Neural Networks, arXiv 1711.06104',
  direction: 'higher',
  range: [-1, 1],
  formula:
    'Pearson correlation over random subsets S of n pixels of sum of phi over S with f(x) - f(x with S replaced)',
  defaults: { ...pixelDefaults, n: undefined, subsets: 100, of: 'logit', baseline: undefined },
  check({ by, granularity, n, subsets, of, baseline }) {
    assertPixels('sensitivity-n', { by, granularity })
    if (n !== undefined) assertWhole("option 'n' of sensitivity-n", n, 1, 2 ** 31)
    assertWhole("option 'subsets' of sensitivity-n", subsets, 2, 1_000_000)
    assertReading('sensitivity-n', of)
    assertReplacement('sensitivity-n', baseline)
  },
  async measure(context: MetricContext, { subsets, of, baseline, ...options }) {
    const { pixels, scores, channelAxis } = scoredPixels(context, options)
    const { n: size = Math.ceil(pixels.count / 10) } = options
    assertSmaller(size, pixels.count)
    const replaced = replacementsOf(context, baseline, { channelAxis })
    const draw = (n: number, k: number): number[] => subset(pixels.count, size, context.random.fork('subset', n, k))
    const copies = rowsOf(context.input).map((x, n) => ({
      count: subsets + 1,
      write(k: number, into: Float32Array) {
        into.set(x)
        if (k > 0) copyPixels(pixels, draw(n, k), replaced[n]!, into)
      }
    }))
    return (await readCopies(context, copies, of)).map(([whole, ...readings], n) => {
      const sums = readings.map((_, k) => draw(n, k + 1).reduce((sum, pixel) => sum + scores[n]![pixel]!, 0))
      const drops = readings.map((reading) => whole! - reading)
      return { value: pearson(sums, drops), samples: subsets }
    })
  }
})

/** So many of 0 .. count - 1, each subset as likely as any other (the first steps of Fisher and Yates's shuffle). */
function subset(count: number, size: number, random: Random): number[] {
  const moved = new Map<number, number>()
  return Array.from({ length: size }, (_, i) => {
    const j = i + random.integer(count - i)
    const chosen = moved.get(j) ?? j
    moved.set(j, moved.get(i) ?? i)
    return chosen
  })
}

function assertSmaller(size: number, count: number): void {
  if (size < count) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "option 'n' of sensitivity-n",
    expected: `fewer than the ${count} pixels, so that subsets differ`,
    found: `${size}`
  })
}
