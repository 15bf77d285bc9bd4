import type { Options } from './options.js'
import type { Places } from './places.js'
import type { BenchRecord } from './records.js'

/** What cases run with. */
export interface Context {
  readonly options: Options
  readonly places: Places
  /** Says what is being done; a line on standard error. */
  say(line: string): void
}

/** One thing to be measured. */
export interface Case {
  /** `models/resnet18` */
  readonly id: string
  run(context: Context): Promise<BenchRecord>
}

/** The cases whose id contains one of the texts, or all. */
export function selected(cases: readonly Case[], only: readonly string[]): readonly Case[] {
  return only.length === 0 ? cases : cases.filter(({ id }) => only.some((text) => id.includes(text)))
}
