import { drawable, encodePng, rowsOf, stack, writeNpy, type Rgba } from 'agon'
import type { ExplainCommandOptions } from '../parse/explain-options.js'
import type { Format } from '../parse/run-options.js'
import type { Explained } from '../run/explained.js'
import type { Run } from '../run/open-run.js'
import { outputPath } from '../run/plan-outputs.js'
import type { ReadInput } from '../run/read-inputs.js'
import { inputSheet, methodSheet } from './pictures.js'
import { explanationRecord, type ExplanationRecord } from './record.js'
import type { PendingFile } from './write-files.js'

/** Examples of one input that are drawn, one below the other. */
export const mostDrawn = 16

/** What `agon explain` leaves of one input. */
export interface ExplainOutput {
  readonly input: ReadInput
  readonly results: readonly Explained[]
  readonly records: readonly ExplanationRecord[]
  /** The sheet of all methods, if there are several. */
  readonly sheet: string | undefined
  readonly files: readonly PendingFile[]
}

/** The ends of the names of all files that the options may lead to. */
export function explainEndings({ methods, formats }: ExplainCommandOptions): string[] {
  const each = methods.flatMap(({ name }) => formats.map((format) => `.${name}.${format}`))
  return methods.length > 1 && formats.includes('png') ? [...each, '.png'] : each
}

/** Makes the files of one input in memory. */
export function explainOutput(
  run: Run,
  input: ReadInput,
  results: readonly Explained[],
  options: ExplainCommandOptions
): ExplainOutput {
  const formats = options.formats.filter((format) => format !== 'png' || drawable(input.input))
  const made = results.map((result) => methodFiles(run, input, result, formats, options))
  const pictures = results.filter(({ explanation }) => drawable(explanation.attribution))
  const several = results.length > 1 && pictures.length > 0 && formats.includes('png')
  const sheet = several ? outputPath(options.out, input.name, '.png') : undefined
  const files = made.flatMap((each) => each.files)
  if (sheet !== undefined) files.push({ path: sheet, data: drawn(input, (n) => inputSheet(run, input, pictures, n)) })
  return { input, results, records: made.map(({ record }) => record), sheet, files }
}

function methodFiles(
  run: Run,
  input: ReadInput,
  result: Explained,
  wanted: readonly Format[],
  options: ExplainCommandOptions
): { readonly record: ExplanationRecord; readonly files: PendingFile[] } {
  const isPicture = drawable(result.explanation.attribution)
  const formats = wanted.filter((format) => format !== 'png' || isPicture)
  const path = (format: Format) => outputPath(options.out, input.name, `.${result.method.name}.${format}`)
  const record = explanationRecord(run, input, result, options, formats.map(path))
  const contents: Record<Format, () => Uint8Array | string> = {
    png: () => drawn(input, (n) => methodSheet(run, input, result, n)),
    npy: () => writeNpy(result.explanation.attribution),
    json: () => `${JSON.stringify(record, null, 2)}\n`
  }
  return { record, files: formats.map((format) => ({ path: path(format), data: contents[format]() })) }
}

/** A picture for every example, the first ones of many, one below the other, as PNG. */
export function drawn({ input }: ReadInput, picture: (n: number) => Rgba): Uint8Array {
  const count = Math.min(rowsOf(input).length, mostDrawn)
  return encodePng(stack(Array.from({ length: count }, (_, n) => picture(n))))
}
