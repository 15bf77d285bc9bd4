import type {
  Check,
  CheckStep,
  Contestants,
  Direction,
  Figure,
  Method,
  Metric,
  Model,
  Target,
  Tensor
} from '@agon/core'
import type { Rgba, RgbPicture } from '@agon/render'

/** Everything that a run goes through: methods x checks x inputs, and methods x metrics x inputs. */
export interface Matrix {
  readonly model: Model
  /** Of the model's bytes, hexadecimal. */
  readonly modelHash: string
  /** How photographs became inputs, in words. */
  readonly preprocess?: string
  readonly inputs: readonly MatrixInput[]
  /** Methods asked for, then the controls. Names are unique. */
  readonly methods: readonly MatrixMethod[]
  readonly checks: readonly MatrixCheck[]
  /** Similarities, each under a normalisation: what is compared where a check has no figures of its own. */
  readonly figures: readonly NamedFigure[]
  readonly metrics: readonly Metric[]
  /** Over whose maps the labels compete for the turf of every input; absent: no turfs. */
  readonly turf?: Method
  readonly target: Target
  readonly labels: Contestants
  readonly seed: number
  /** What else results depend on, for the record and for the run's identity: options as they were given, hashes of masks, ... */
  readonly options?: Readonly<Record<string, unknown>>
}

/** One example. */
export interface MatrixInput {
  /** Unique in a run. */
  readonly name: string
  readonly sha256: string
  /** `[1, ...]` */
  readonly input: Tensor
  /** What the network saw, to be looked at. */
  readonly picture?: Rgba | RgbPicture
  /** See MetricContext: `[1, ...]`. */
  readonly mask?: Tensor
}

export interface MatrixMethod {
  readonly name: string
  readonly role: 'method' | 'control'
  readonly competitive: boolean
  readonly method: Method
  /** Of a competitive method the name of the control that thins its base. */
  readonly thinned?: string
}

export interface MatrixCheck {
  readonly check: Check
  /** Those of the check's steps that are run, in order; at least one. */
  readonly steps: readonly MatrixStep[]
}

export interface MatrixStep extends CheckStep {
  /** Place among all of the check's steps, from 0. */
  readonly index: number
}

/** A figure and how reports describe it. */
export interface NamedFigure extends Figure {
  readonly formula?: string
  readonly direction?: Direction
}
