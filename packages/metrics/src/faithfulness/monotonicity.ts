import { assertChoice, assertWhole, defineMetric } from '@agon/core'
import { pixelDefaults } from '../maps/pixels.js'
import { meanAndSpread } from '../maps/statistics.js'
import { assertCurve, curveDefaults, insertionCurves, type CurveOptions } from './curve.js'

export interface MonotonicityOptions extends Omit<CurveOptions, 'order'> {
  /** `'share'` of the steps at which the reading does not fall (default), or 1 if it never does and else 0 (`'all'`). */
  readonly form: 'share' | 'all'
}

/**
 * Monotonicity: whether the explained label's probability never falls from one step to the next while pixels are put into the baseline, those of the smallest scores first. The first step is
 * compared with the second, the bare baseline with none. Without a baseline of the option or the call it is zero.
 */
export const monotonicity = defineMetric<MonotonicityOptions>({
  name: 'monotonicity',
  cite: 'Luss et al. 2019, Generating Contrastive Explanations with Monotonic Attribute Functions, arXiv 1905.12698; as in Arya et al. 2019, One Explanation Does Not Fit All, arXiv 1909.03012',
  direction: 'higher',
  range: [0, 1],
  formula:
    'share of k = 1 .. n - 1 with f(x_(k+1)) >= f(x_k), x_k the baseline with the k groups of pixels ranked last taken from x',
  defaults: { ...pixelDefaults, steps: 100, of: 'probability', baseline: undefined, form: 'share' },
  check(options) {
    assertCurve('monotonicity', { ...curveDefaults, ...options })
    assertWhole("option 'steps' of monotonicity", options.steps, 2, 1_000_000)
    assertChoice("option 'form' of monotonicity", options.form, ['share', 'all'])
  },
  async measure(context, { form, ...options }) {
    const baseline = options.baseline ?? context.baseline ?? 0
    const curves = await insertionCurves(context, { ...options, baseline, order: 'least' })
    return curves.map(({ values }) => {
      const holds = values.slice(2).map((value, k): number => (value >= values[k + 1]! ? 1 : 0))
      const { mean, spread } = meanAndSpread(holds.length > 0 ? holds : [1])
      const facts = { samples: Math.max(1, holds.length), curve: values }
      return form === 'share' ? { value: mean, spread, ...facts } : { value: mean === 1 ? 1 : 0, ...facts }
    })
  }
})
