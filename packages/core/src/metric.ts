import type { Method } from './method.js'
import type { Random } from './random.js'
import type { Session } from './engine.js'
import type { Direction } from './similarity.js'
import type { Tensor } from './tensor.js'

/** A figure of merit of a method's maps: infidelity, sensitivity, deletion, ... */
export interface Metric {
  readonly name: string
  /** Where it comes from: authors, year, title, identifier. */
  readonly cite: string
  /** Whether a higher or a lower score speaks for a map. */
  readonly direction: Direction
  /** Least and largest score, which may be infinite. */
  readonly range: readonly [least: number, most: number]
  /** The value of every option, given or by default, by name. */
  readonly options?: object
  /** One score for each example of the batch. */
  measure(context: MetricContext): Promise<readonly Score[]>
}

/** What a metric is given: maps of one method on a batch, and the means to make others. `measure` makes it. */
export interface MetricContext {
  readonly session: Session
  readonly method: Method
  /** `[N, ...]` */
  readonly input: Tensor
  /** Logits of the input, `[N, ...]`. */
  readonly logits: Tensor
  /** The explained label of every example, `[N]`. */
  readonly targets: readonly number[]
  /** The maps of these labels: `[N, ...]`, the input's shape, or extent 1 on a summed axis. */
  readonly attribution: Tensor
  /** For perturbations towards a baseline, and for methods that take one. */
  readonly baseline?: Tensor
  /** The maps of the same labels at another input `[N, ...]`, by the same method with the same seed. */
  explain(input: Tensor): Promise<Tensor>
  /** Fork once per (purpose, example, draw). */
  readonly random: Random
  readonly signal?: AbortSignal
  /** Byte budget of a pass, see PassOptions. */
  readonly memory?: number
}

/** A figure and how sure it is. */
export interface Score {
  readonly value: number
  /** How many perturbations, steps or pixels it was made from. */
  readonly samples: number
  /** Standard deviation over these samples; absent where the value is no mean of them. */
  readonly spread?: number
}
