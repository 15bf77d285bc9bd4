import { join } from 'node:path'
import type { GraphFiles } from './graphs.js'
import { workspace } from './places.js'
import { lastJson, output } from './processes.js'
import type { Sample } from './statistics.js'

export interface SamplingOptions {
  readonly threads: number
  /** A sample repeats short computations until this many seconds have passed. */
  readonly seconds: number
}

/** Times the contest of the first n labels by bin/all-labels.mjs, a process of its own. */
export async function ownContest(files: GraphFiles, n: number, options: SamplingOptions): Promise<Sample> {
  return timed('all-labels.mjs', [files.model, files.input, String(n)], options)
}

/** Times one attribution of label 0 that takes n gradients; `option` is the method's name for their number. */
export async function ownAttribution(
  files: GraphFiles,
  method: { readonly name: string; readonly option: string },
  n: number,
  options: SamplingOptions
): Promise<Sample> {
  return timed('attribute.mjs', [files.model, files.input, method.name, `${method.option}=${n}`], options)
}

async function timed(program: string, args: readonly string[], options: SamplingOptions): Promise<Sample> {
  const flags = ['--threads', String(options.threads), '--seconds', String(options.seconds)]
  return sampleOf(lastJson(await output(process.execPath, [join(workspace, 'bin', program), ...args, ...flags])))
}

/** The timing of a program's last line. Throws if it has none. */
export function sampleOf(result: Readonly<Record<string, unknown>>): Sample {
  const { core_s, wall_s, peak_mb } = result
  if (typeof core_s !== 'number' || typeof wall_s !== 'number') throw new Error('no core_s and wall_s in the last line')
  return { core_s, wall_s, ...(typeof peak_mb === 'number' && { peak_mb }) }
}
