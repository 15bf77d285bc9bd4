import type { MetricContext } from '@agon/core'

/** The perturbed inputs of every example. Each is made from the input itself, never from another perturbed one. */
export interface Perturbed {
  /** How many of every example. */
  readonly count: number
  /** Writes perturbed input k of example n, shaped like an example. */
  write(n: number, k: number, into: Float32Array): void
  /** The perturbation I itself, shaped like an example, where it is not the input minus the perturbed one. */
  perturbation?(n: number, k: number): Float32Array
  /** What a reader must know of example n's. */
  note?(n: number): string | undefined
}

/** A way to perturb inputs, with the options that it has and no other. */
export interface PerturbationKind<Options extends object = object> {
  /** The perturbation I, in one line. */
  readonly formula: string
  /** Whether I is input - baseline, in whole, in part or but for noise. */
  readonly isDifference: boolean
  readonly defaults: Options
  /** Throws AGON_BAD_OPTION. `option` names an option in full. */
  check(option: (name: string) => string, options: Options): void
  /** Throws AGON_BAD_INPUT for an input that it is not made for. */
  perturb(context: MetricContext, options: Options): Perturbed
}
