import { join } from 'node:path'
import type { Contender } from './alternate.js'
import type { Context } from './case.js'
import type { GraphFiles } from './graphs.js'
import { sampleOf, type SamplingOptions } from './own.js'
import { workspace } from './places.js'
import { lastJson, output } from './processes.js'

/** tfjs on its wasm backend, a process per sample; or why it is left out. */
export function tfjsContender(
  { places, say }: Context,
  { model, input }: GraphFiles,
  method: string,
  { seconds, threads }: SamplingOptions,
  counts: readonly number[]
): { readonly contender: Contender } | { readonly skipped: readonly string[] } {
  if ('missing' in places.tfjs) {
    say(`skipped: tfjs wasm: ${places.tfjs.missing}`)
    return { skipped: [`tfjs wasm: ${places.tfjs.missing}`] }
  }
  const program = join(workspace, 'peers', 'tfjs-attribution.mjs')
  const args = [program, places.tfjs.path, model, input, method]
  const flags = ['--seconds', String(seconds), '--threads', String(threads)]
  const sample = async (n: number) => sampleOf(lastJson(await output(process.execPath, [...args, String(n), ...flags])))
  return { contender: { name: 'tfjs wasm', counts, sample, optional: true } }
}
