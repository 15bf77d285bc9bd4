import { baselineOf, rowsOf, type Baseline, type MetricContext } from '@agon/core'

export interface BaselineOptions {
  /** What elements are set to: a number or a tensor. Default: the baseline of the call, else zero in the units of the input. */
  readonly baseline: Baseline | undefined
}

/** The baseline of every example. Throws AGON_BAD_INPUT if it does not fit the input. */
export function baselineRows(context: MetricContext, option: Baseline | undefined): readonly Float32Array[] {
  const rows = rowsOf(baselineOf(context, option))
  return rowsOf(context.input).map((_, n) => rows[n % rows.length]!)
}
