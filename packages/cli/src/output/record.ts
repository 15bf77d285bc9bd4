import {
  completeness,
  keptShare,
  ranked,
  rowsOf,
  versions,
  type Competition,
  type Completeness,
  type Explanation,
  type Granularity,
  type Method,
  type Note,
  type Plan,
  type Preprocess,
  type Ties
} from 'agon'
import type { ExplainCommandOptions } from '../parse/explain-options.js'
import type { Explained } from '../run/explained.js'
import type { PluginRecord } from '../plugins/open-agon.js'
import { marginsOf, type Margins } from '../run/margins.js'
import type { Run } from '../run/open-run.js'
import type { ReadInput } from '../run/read-inputs.js'
import { version } from '../version.js'
import { competedRecord, type Competed } from './competed.js'
import { recordedOptions } from './method-options.js'
import { precisionRecord, type PrecisionRecord } from './precision.js'

/** A label and its logit. */
export interface NamedLogit {
  readonly index: number
  readonly name: string | null
  readonly logit: number
}

/** What is known of one example. */
export interface ExampleRecord {
  readonly target: NamedLogit
  /** The labels with the largest logits, at most five. */
  readonly top: readonly NamedLogit[]
  readonly logits: readonly number[]
  /** Share of the map's elements that are not 0, for methods in which labels compete; null in a soft competition, which takes no element away. */
  readonly keptShare: number | null
  /** Over the elements that the target won; null if it won none, in a soft competition, and for methods in which labels do not compete. */
  readonly margins: Margins | null
  /** How far the map is from adding up to the logit; null for methods whose maps do not claim to. */
  readonly completeness: Completeness | null
}

/** Where a result comes from; the same for every method of an input. */
export interface Provenance {
  readonly input: { readonly path: string; readonly sha256: string | null; readonly shape: readonly number[] }
  readonly model: {
    readonly path: string
    readonly sha256: string
    readonly name: string
    readonly labels: string | null
  }
  readonly preprocess: (Preprocess & { readonly assumed: boolean }) | null
  readonly engine: string
  /** Those that were loaded, and what each of them brought. */
  readonly plugins: readonly PluginRecord[]
  readonly seed: number
  readonly versions: Readonly<Record<string, string>>
}

/** `X.m.json` */
export interface ExplanationRecord extends Provenance {
  readonly format: 'agon-explanation/1'
  readonly method: {
    readonly name: string
    readonly competitive: boolean
    /** Name of the plugin that brought it; null for what is built in. */
    readonly plugin: string | null
    readonly cite: string | null
    readonly granularity: Granularity | null
    readonly ties: Ties | null
    /** What of a score is kept; all but `'strict'` are extensions. */
    readonly competition: Competition | null
    readonly channelAxis: number | null
    /** The value of every option, given or by default; null for none. */
    readonly options: Readonly<Record<string, unknown>>
  }
  /** Shape of the map, `[N, ...]`. */
  readonly shape: readonly number[]
  /** Null for methods in which labels do not compete. */
  readonly competed: Competed | null
  readonly precision: PrecisionRecord
  readonly examples: readonly ExampleRecord[]
  readonly seconds: number
  /** How the engine carried out each contest; null unless asked for (--plan). Empty where there is none, for which a note says why. */
  readonly plans: readonly Plan[] | null
  readonly notes: readonly Note[]
  /** Paths of the files that were written for this method. */
  readonly files: readonly string[]
}

/** The record of one method on one input. */
export function explanationRecord(
  run: Run,
  input: ReadInput,
  { method, explanation, seconds, plans }: Explained,
  options: ExplainCommandOptions,
  files: readonly string[]
): ExplanationRecord {
  const competes = explanation.contest !== undefined
  return {
    format: 'agon-explanation/1',
    method: {
      name: method.name,
      competitive: method.competitive,
      plugin: method.plugin ?? null,
      cite: method.made.cite ?? null,
      granularity: competes ? options.granularity : null,
      ties: competes ? options.ties : null,
      competition: competes ? (options.competition ?? 'strict') : null,
      channelAxis: competes ? (options.channelAxis ?? null) : null,
      options: recordedOptions(method.made)
    },
    ...provenance(run, input),
    shape: explanation.attribution.shape,
    competed: explanation.contest
      ? competedRecord(explanation.contestants, explanation.logits, explanation.contest, options.competition)
      : null,
    precision: precisionRecord(explanation.contest),
    examples: explanation.target.map((_, n) => exampleRecord(method.made, explanation, n, run.model.labels)),
    seconds,
    plans: plans ?? null,
    notes: [...run.notes, ...input.notes, ...explanation.notes],
    files
  }
}

/** Where a result comes from. */
export function provenance({ model, engine, plugins, options }: Run, input: ReadInput): Provenance {
  return {
    input: { path: input.path, sha256: input.sha256 ?? null, shape: input.input.shape },
    model: { path: model.path, sha256: model.sha256, name: model.name, labels: model.labelsFrom ?? null },
    preprocess: input.preprocess === undefined ? null : { ...input.preprocess, assumed: input.assumed },
    engine,
    plugins,
    seed: options.seed,
    versions: { '@agon/cli': version(), ...versions() }
  }
}

function exampleRecord(
  made: Method,
  explanation: Explanation,
  n: number,
  names: readonly string[] | undefined
): ExampleRecord {
  const { attribution, contest, logits, target } = explanation
  const row = rowsOf(logits)[n]!
  const decided = contest?.shares ? undefined : contest
  return {
    ...standing(row, target[n]!, names),
    logits: Array.from(row),
    keptShare: decided ? keptShare(rowsOf(attribution)[n]!) : null,
    margins: decided ? (marginsOf(decided, attribution.data, n) ?? null) : null,
    completeness: completeness(made, explanation, n) ?? null
  }
}

/** The target and the labels with the largest logits. */
export function standing(row: Float32Array, target: number, names: readonly string[] | undefined) {
  const named = (index: number): NamedLogit => ({ index, name: names?.[index] ?? null, logit: row[index]! })
  return { target: named(target), top: ranked(row).slice(0, 5).map(named) }
}
