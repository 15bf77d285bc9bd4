import { drawable, rowsOf, territories, turf, type Contest, type Method, type Note, type Tensor } from 'agon'
import type { Format, RunOptions } from '../parse/run-options.js'
import type { Run } from '../run/open-run.js'
import { outputPath } from '../run/plan-outputs.js'
import type { ReadInput } from '../run/read-inputs.js'
import { drawn } from './explain-files.js'
import { recordedOptions } from './method-options.js'
import { turfSheet } from './pictures.js'
import { competedRecord, type Competed } from './competed.js'
import { precisionRecord, type PrecisionRecord } from './precision.js'
import { provenance, standing, type NamedLogit, type Provenance } from './record.js'
import { figure } from './table.js'
import type { PendingFile } from './write-files.js'

/** What one label owns of one example. */
export interface TerritoryRecord {
  readonly index: number
  readonly name: string | null
  readonly logit: number
  /** Owned pixels over all pixels, 0 .. 1. */
  readonly share: number
  /** Mean margin over the owned pixels, in the map's units. */
  readonly meanMargin: number
}

/** `X.turf.json` */
export interface TurfRecord extends Provenance {
  readonly format: 'agon-turf/1'
  /** The method over whose maps the labels competed. */
  readonly base: string
  /** The value of every option of that method, given or by default; null for none. */
  readonly baseOptions: Readonly<Record<string, unknown>>
  readonly competed: Competed
  readonly precision: PrecisionRecord
  readonly examples: readonly {
    readonly top: readonly NamedLogit[]
    readonly territories: readonly TerritoryRecord[]
    /** Share of the pixels where no label has the strictly largest positive score. */
    readonly unowned: number
  }[]
  readonly seconds: number
  readonly notes: readonly Note[]
  readonly files: readonly string[]
}

export interface TurfOutput {
  readonly input: ReadInput
  readonly record: TurfRecord
  readonly files: readonly PendingFile[]
}

/** A contest of all labels on one input. */
export interface Contested {
  readonly base: Method
  readonly contest: Contest
  readonly logits: Tensor
  readonly seconds: number
  /** What the contest itself tells of the base method's maps. */
  readonly notes: readonly Note[]
}

/** Makes the files of one input in memory. */
export function turfOutput(run: Run, input: ReadInput, contested: Contested, options: RunOptions): TurfOutput {
  const formats = turfFormats(options).filter((format) => format !== 'png' || drawable(input.input))
  const paths = formats.map((format) => outputPath(options.out, input.name, `.turf.${format}`))
  const record = turfRecord(run, input, contested, paths)
  const picture = () => drawn(input, (n) => turfSheet(run, input, contested, n, title(input, record, n)))
  const files = formats.map((format, f) => ({
    path: paths[f]!,
    data: format === 'png' ? picture() : `${JSON.stringify(record, null, 2)}\n`
  }))
  return { input, record, files }
}

/** A turf has no single map, and so no `.npy`. */
export function turfFormats({ formats }: RunOptions): Format[] {
  return formats.filter((format) => format !== 'npy')
}

function turfRecord(run: Run, input: ReadInput, contested: Contested, files: string[]): TurfRecord {
  const { base, contest, logits, seconds, notes } = contested
  return {
    format: 'agon-turf/1',
    base: base.name,
    baseOptions: recordedOptions(base),
    ...provenance(run, input),
    competed: competedRecord(contest.labels, logits, contest),
    precision: precisionRecord(contest),
    examples: rowsOf(logits).map((row, n) => exampleOf(contest, row, n, run.model.labels)),
    seconds,
    notes: [...run.notes, ...input.notes, ...notes],
    files
  }
}

function exampleOf(contest: Contest, row: Float32Array, n: number, names: readonly string[] | undefined) {
  const owned = territories(turf(contest), n).map(({ label, ...rest }) => ({
    index: label,
    name: names?.[label] ?? null,
    logit: row[label]!,
    ...rest
  }))
  const unowned = Math.max(0, 1 - owned.reduce((sum, { share }) => sum + share, 0))
  return { top: standing(row, 0, names).top, territories: owned, unowned }
}

function title(input: ReadInput, { examples }: TurfRecord, n: number): string {
  const top = examples[n]!.top[0]!
  const which = examples.length === 1 ? input.name : `${input.name}, example ${n}`
  return `${which}: ${top.name ?? `label ${top.index}`}, logit ${figure(top.logit)}`
}
