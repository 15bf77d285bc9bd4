import { AgonError, defineMetric, rowsOf } from '@agon/core'
import { pixelDefaults, scoredPixels } from '../maps/pixels.js'
import { meanAndSpread } from '../maps/statistics.js'
import { readCopies } from './copies.js'
import { assertCurve, curveDefaults, ordersOf, progressive, type CurveOptions } from './curve.js'
import { cutAt } from './ranking.js'
import { dropRange } from './reading.js'
import { replacementsOf } from './replacement.js'

export interface SufficiencyOptions extends Omit<CurveOptions, 'steps' | 'order'> {
  /** Of the pixels that are kept, ascending. Default 1, 5, 10, 20 and 50 %. */
  readonly shares: readonly number[]
}

/**
 * Sufficiency: how much of the explained label's probability is lost when only the pixels of the largest scores are kept, on average over the shares q of pixels kept,
 *
 *     mean over q of f(x) - f(baseline with the share q of pixels ranked first taken from x)
 *
 * Negative where what is kept speaks more clearly than the whole. With `of: 'label'` and a label that is on top: 1 less the share of the q at which it stays there. At least one pixel is kept. Without a
 * baseline of the option or the call it is zero.
 */
export const sufficiency = defineMetric<SufficiencyOptions>({
  name: 'sufficiency',
  cite: 'DeYoung et al. 2020, ERASER: A Benchmark to Evaluate Rationalized NLP Models, arXiv 1911.03429',
  direction: 'lower',
  range: [-1, 1],
  formula: 'mean over shares q of f(x) - f(baseline with the share q of pixels ranked first taken from x)',
  defaults: { ...pixelDefaults, of: 'probability', baseline: undefined, shares: [0.01, 0.05, 0.1, 0.2, 0.5] },
  check(options) {
    assertCurve('sufficiency', { ...curveDefaults, ...options })
    assertShares(options.shares)
  },
  given: ({ of }) => ({ range: dropRange(of) }),
  async measure(context, options) {
    const { pixels, scores, channelAxis } = scoredPixels(context, options)
    const ends = options.shares.map((share) => Math.max(1, Math.round(share * pixels.count)))
    const replaced = replacementsOf(context, options.baseline, { channelAxis })
    const inputs = rowsOf(context.input)
    const copies = ordersOf(context, scores, 'most').map((ranked, n) => {
      const { write } = progressive(pixels, cutAt(ranked, ends), replaced[n]!, inputs[n]!)
      return {
        count: ends.length + 1,
        write: (k: number, into: Float32Array) => (k === 0 ? into.set(inputs[n]!) : write(k, into))
      }
    })
    return (await readCopies(context, copies, options.of)).map(([whole, ...kept]) => {
      const { mean, spread } = meanAndSpread(kept.map((reading) => whole! - reading))
      return { value: mean, samples: kept.length, spread }
    })
  }
})

function assertShares(shares: readonly number[]): void {
  const ascending = (share: number, i: number): boolean => share > (shares[i - 1] ?? 0) && share <= 1
  if (Array.isArray(shares) && shares.length > 0 && shares.every(ascending)) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "option 'shares' of sufficiency",
    expected: 'ascending numbers above 0 and at most 1',
    found: JSON.stringify(shares)
  })
}
