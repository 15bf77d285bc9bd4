import { assertBaseline } from '@agon/core'
import { baselineRows, type BaselineOptions } from './baseline-rows.js'
import type { PerturbationKind } from './perturbation.js'

/** I = x - x0: the baseline in place of the input. There is one. */
export const baselineDifference: PerturbationKind<BaselineOptions> = {
  formula: 'I = x - x0, x0 the baseline',
  isDifference: true,
  defaults: { baseline: undefined },
  check: (option, { baseline }) => assertBaseline(option('baseline'), baseline),
  perturb(context, { baseline }) {
    const rows = baselineRows(context, baseline)
    return { count: 1, write: (n, _, into) => into.set(rows[n]!) }
  }
}
