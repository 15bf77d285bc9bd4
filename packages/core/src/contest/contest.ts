import type { PerExample } from '../engine.js'
import type { Tensor } from '../tensor.js'
import type { ContestGroup } from './groups.js'
import type { MeasuredPrecision } from './measured-precision.js'
import type { SoftShares } from './soft-fold.js'

/**
 * The outcome of a competition among labels, folded element by element. Its size does not grow with the number of labels.
 * All arrays have the shape `[N, ...map]`: the input's shape, or extent 1 on the summed axis.
 * From it follow the competitive map of every label, the margin of every win, and who owns which pixel.
 */
export interface Contest {
  readonly shape: readonly number[]
  /** Who competed, per example. */
  readonly labels: PerExample
  /** Largest value over the labels, the label that has it (the earliest competitor at a tie), and the second largest. */
  readonly best: Float32Array
  readonly bestLabel: Int32Array
  readonly runnerUp: Float32Array
  /** Smallest value over the labels, the label that has it, and the second smallest. */
  readonly worst: Float32Array
  readonly worstLabel: Int32Array
  readonly runnerDown: Float32Array
  /** Own maps of the labels that were asked for: `[M, N, ...map]`. */
  readonly maps: Tensor
  readonly mapLabels: PerExample
  /** Of a contest among groups (our extension): then every label above is a place in this list. */
  readonly groups?: readonly ContestGroup[]
  /** Of a soft competition (our extension). */
  readonly shares?: SoftShares
  /** Of a contest that `explain` or `contest` ran in a precision below fp32. */
  readonly precision?: MeasuredPrecision
}
