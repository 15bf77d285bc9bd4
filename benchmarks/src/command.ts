import { join } from 'node:path'
import { attributionCases } from './attribution-suite.js'
import { attributions } from './catalog.js'
import { gpuFloorCases } from './gpu-floor-suite.js'
import { selected, type Case, type Context } from './case.js'
import { exportGraphs } from './graphs.js'
import { runRecord } from './machine.js'
import { modelCases } from './models-suite.js'
import { opsCases } from './ops-suite.js'
import { parseOptions, usage, type Options } from './options.js'
import { findPlaces, repository, workspace } from './places.js'
import { addRecord, openRecords, readRecords } from './records.js'
import { writePage } from './report.js'
import { runCases } from './run-cases.js'

const cases: readonly Case[] = [...modelCases, ...attributionCases, ...opsCases, ...gpuFloorCases]

/** Runs the command; its exit code. */
export async function command(args: readonly string[]): Promise<number> {
  const options = parseOptions(args)
  if ('wrong' in options) return complain(`${options.wrong}\n${usage}`, 2)
  if (options.help) return print(usage)
  const wanted = selected(cases, options.only)
  if (wanted.length === 0) return complain(`no case has ${options.only.join(' or ')} in its name; see --list`, 2)
  if (options.list) return print(wanted.map(({ id }) => id).join('\n'))
  return bench(wanted, options)
}

async function bench(wanted: readonly Case[], options: Options): Promise<number> {
  const out = options.out ?? join(repository, 'agon-out', 'bench.jsonl')
  openRecords(out, options.append)
  readRecords(out) // a file that cannot be added to is said before anything is measured
  const context: Context = { options, places: findPlaces(process.env), say: (line) => console.error(line) }
  const names = modelNames(wanted)
  if (names.length > 0) {
    const reason = await exportGraphs(names, context.places)
    if (reason !== undefined) context.say(`models that are not there yet were not exported: ${reason}`)
  }
  addRecord(out, runRecord(options, new Date()))
  const failures = await runCases(wanted, context, (record) => addRecord(out, record))
  if (options.write) writePage(join(workspace, 'RESULTS.md'), readRecords(out))
  context.say(`results: ${out}${options.write ? ', benchmarks/RESULTS.md' : ''}`)
  return failures > 0 ? 1 : 0
}

/** The models that cases need as files. */
function modelNames(wanted: readonly Case[]): string[] {
  const ids = wanted.map(({ id }) => id)
  const all = [
    ...modelCases.map(({ id }) => id.slice('models/'.length)),
    ...attributions.models.map(({ name }) => name)
  ]
  return [...new Set(all)].filter((name) => ids.some((id) => !id.startsWith('ops/') && id.endsWith(`/${name}`)))
}

function print(text: string): number {
  console.log(text)
  return 0
}

function complain(text: string, code: number): number {
  console.error(text)
  return code
}
