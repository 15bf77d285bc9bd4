import type { Check, Contestants, Engine, Method, Metric, Model, Note, Target, Tensor } from '@agon/core'
import type { RunEvent } from '@agon/check-runner'
import type { Preprocess } from '@agon/images'
import type { Agon } from '../create-agon.js'
import type { CheckedMethod, WithOptions } from './choose.js'

export interface CheckOptions {
  /** Default `gradient-times-input` and `cgi`. */
  readonly methods?: readonly (string | Method | CheckedMethod)[]
  /** Default `cascading` and `random-logit`. */
  readonly checks?: readonly (string | WithOptions | Check)[]
  /** Default `deletion`, `insertion` and `sparseness`. */
  readonly metrics?: readonly (string | WithOptions | Metric)[]
  /** Figures such as `spearman(abs)`; default: those that suit the inputs. The one that a check is judged by is always among them. */
  readonly similarities?: readonly string[]
  /** Of checks that are named; default: theirs. */
  readonly draws?: number
  /** How many steps of checks that are named, spread evenly; default: all. */
  readonly steps?: number
  /** For the check `data-randomization`: the net of the same kind that was trained on permuted labels, one or several. */
  readonly permutedModel?: Model | readonly Model[]
  /** For metrics of localisation, one for each input: `[N, 1, H, W]`, 1 inside. */
  readonly masks?: readonly Tensor[]
  /** Default `'top'`. */
  readonly target?: Target
  /** Which labels compete. Default `'all'`. */
  readonly labels?: Contestants
  /** Default 0. */
  readonly seed?: number
  readonly engine?: string | Engine
  readonly threads?: number
  readonly preprocess?: string | Preprocess
  /** Byte budget of a pass, see PassOptions. */
  readonly memory?: number
  /** Seconds after which no more work is begun. */
  readonly time?: number
  /** Where the journal, the pictures and the report go. Default `'agon-check'`. */
  readonly out?: string
  /** Whether what an earlier run left there is thrown away. */
  readonly fresh?: boolean
  readonly signal?: AbortSignal
  readonly onEvent?: (event: RunEvent) => void
  /** What is said of model, inputs and engine before anything runs. */
  readonly onNote?: (note: Note) => void
  /** Where names are looked up; default: what is built in. */
  readonly agon?: Agon
  /** For the record: the command, and versions of what runs beside this package. */
  readonly command?: string
  readonly versions?: Readonly<Record<string, string>>
}

/** Every option by name, so that a misspelled one is an error. */
export const knownOptions: { [Name in keyof Required<CheckOptions>]: CheckOptions[Name] } = {
  methods: undefined,
  checks: undefined,
  metrics: undefined,
  similarities: undefined,
  draws: undefined,
  steps: undefined,
  permutedModel: undefined,
  masks: undefined,
  target: undefined,
  labels: undefined,
  seed: undefined,
  engine: undefined,
  threads: undefined,
  preprocess: undefined,
  memory: undefined,
  time: undefined,
  out: undefined,
  fresh: undefined,
  signal: undefined,
  onEvent: undefined,
  onNote: undefined,
  agon: undefined,
  command: undefined,
  versions: undefined
}
