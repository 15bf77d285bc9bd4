import type { Method } from './method.js'
import { resolveOptions } from './options.js'
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
  /** How a score is computed, in one line, as reports print it. */
  readonly formula?: string
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
  /** By methods whose maps claim to add up to logit - logit at the baseline: the logits there, `[N, ...]`. */
  readonly baselineLogits?: Tensor
  /** Where evidence is, for metrics of localisation: `[N, ...]`, of the maps' shape but for extent 1 on the channel axis; 1 inside, 0 outside. */
  readonly mask?: Tensor
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

/** A metric's factory under its name. */
export interface MetricEntry {
  readonly name: string
  create(options?: object): Metric
}

/** What `defineMetric` needs. */
export interface MetricDefinition<Options extends object> extends Pick<
  Metric,
  'name' | 'cite' | 'direction' | 'range' | 'formula'
> {
  readonly defaults: Options
  /** Throws AGON_BAD_OPTION for values that are of the right type and yet make no sense. */
  readonly check?: (options: Options) => void
  /** What options change of the above: the range of logits is another than that of probabilities, an order reversed turns the direction round. */
  readonly given?: (options: Options) => Partial<Pick<Metric, 'direction' | 'range' | 'formula'>>
  readonly measure: (context: MetricContext, options: Options) => Promise<readonly Score[]>
}

/** Makes a metric's factory, `(options) => Metric`. Misspelled or mistyped options throw AGON_BAD_OPTION. */
export function defineMetric<Options extends object>(
  definition: MetricDefinition<Options>
): (options?: Partial<Options>) => Metric {
  const { defaults, check, given, measure, ...facts } = definition
  return (chosen) => {
    const options = resolveOptions(facts.name, defaults, chosen)
    check?.(options)
    return { ...facts, ...given?.(options), options, measure: (context) => measure(context, options) }
  }
}

/** A figure and how sure it is. */
export interface Score {
  readonly value: number
  /** How many perturbations, steps or pixels it was made from. */
  readonly samples: number
  /** What a reader must know of this figure, in a sentence. */
  readonly note?: string
  /** The curve that the value sums up, at even distances from where nothing is changed to where everything is; for metrics that have one. */
  readonly curve?: readonly number[]
  /** Standard deviation over these samples; absent where the value is no mean of them. */
  readonly spread?: number
}
