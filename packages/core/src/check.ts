import type { Method } from './method.js'
import type { Model } from './model.js'
import type { Random } from './random.js'
import type { Tensor } from './tensor.js'

/**
 * A sanity check: trials, each of which changes something that a map ought to depend on (weights, the label, the labels trained on). How much the maps
 * change is measured by whoever runs the trials, by figures: similarities of the unchanged map and the trial's, or the check's own.
 */
export interface Check {
  readonly name: string
  /** Where it comes from: authors, year, title, identifier. */
  readonly cite: string
  /** The value of every option, given or by default, by name. */
  readonly options?: object
  /** What is changed, step by step; step 0, at which nothing is, is not among them. Throws AGON_BAD_MODEL where nothing can be changed. */
  steps(model: Model): readonly CheckStep[]
  /** How many times each step is drawn. */
  readonly draws: number
  /** The trial of a step (an index of `steps`) and a draw; `random` is that of the whole check, and forked inside by step, layer and draw. */
  trial(model: Model, step: number, draw: number, random: Random): Trial | Promise<Trial>
  /** In place of similarities, where the check has a figure of its own. */
  readonly figures?: readonly Figure[]
  /** What a verdict is read off. */
  readonly criterion: Criterion
}

/** One rung of a check. */
export interface CheckStep {
  /** What is new at this step: a layer's name, usually. */
  readonly name: string
  /** Every layer that is changed at this step. */
  readonly layers: readonly string[]
}

export interface Trial {
  /** Absent: the model itself, so that no other session is needed. */
  readonly model?: Model
  /** The labels explained, from the logits of the unchanged model, those of the trial's and the targets of the unchanged one. Absent: the same labels. */
  targets?(found: {
    readonly trained: Tensor
    readonly logits: Tensor
    readonly targets: readonly number[]
  }): readonly number[]
  /** What the method becomes, for both maps: averaged over noisy inputs, ... Absent: itself. */
  method?(method: Method): Method
}

/** A number for two maps of one example: the unchanged model's and a trial's. */
export interface Figure {
  readonly name: string
  readonly cite: string
  compare(before: Float32Array, after: Float32Array, shape: readonly number[]): number
}

/** When a check is passed: the mean of a figure over the draws of one step, on one side of a threshold by more than its uncertainty. */
export interface Criterion {
  /** That step. Default: the last. */
  readonly step?: 'first' | 'last'
  /** Name of a figure or a similarity; a normalisation in brackets where one is applied: `ssim-gaussian(abs)`. */
  readonly figure: string
  /** Whether the figure's size counts, not its sign. */
  readonly absolute?: boolean
  readonly threshold: number
  readonly passes: 'below' | 'above'
}

/** A check's factory under its name. */
export interface CheckEntry {
  readonly name: string
  create(options?: object): Check
}
