import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { notesOf } from './notes.js'
import { withoutFolders } from './places.js'
import type { BenchRecord, RunRecord } from './records.js'
import { gpuFloorText, gpuFloorTable } from './gpu-floor-table.js'
import { attributionTable, modelTable, opTable, systemTable } from './tables.js'

type Of<Kind extends BenchRecord['kind']> = Extract<BenchRecord, { kind: Kind }>

function of<Kind extends BenchRecord['kind']>(records: readonly BenchRecord[], kind: Kind): Of<Kind>[] {
  return records.filter((record): record is Of<Kind> => record.kind === kind)
}

/** The page of all results. `notes` is the part that is written by hand. */
export function renderPage(records: readonly BenchRecord[], notes: string): string {
  return `${[
    '# Results',
    'Written by `npm run bench -- --write`; only the part about missed aims is written by hand. [README.md](README.md) says how everything is measured.',
    ...runSection(of(records, 'run'), versionsOf(records)),
    ...sections(records),
    '## Where an aim is missed',
    notes,
    ...details(records)
  ].join('\n\n')}\n`
}

function runSection(runs: readonly RunRecord[], versions: Readonly<Record<string, string>>): string[] {
  const facts = Object.entries({ ...runs.at(-1)?.machine, ...versions })
  return [
    '## Machine',
    [
      ...facts.map(([name, value]) => `- ${name}: ${value}`),
      ...runs.map(({ date, command }) => `- ${date}: \`${command}\``)
    ].join('\n')
  ]
}

function versionsOf(records: readonly BenchRecord[]): Record<string, string> {
  const compared = [...of(records, 'model'), ...of(records, 'attribution')]
  return Object.assign({}, ...compared.map(({ versions }) => versions)) as Record<string, string>
}

const modelText = `The contest of the first K labels, one forward pass included; fp32. *core s*: processor seconds of all threads; *~*: fixed cost + K x cost
per label, not run. A ratio above 1 means that agon is faster than the best peer of the same run; goals are judged by processor seconds.
*of the floor*: the processor seconds that the work left after skipping needs at the machine's peak, every label going down to the input, over those
spent. *of its work*: the same of what was run, which is less where a contest takes a waist or a meeting; so a share of the floor may be more than 100 %.`

const attributionText = 'The attribution of one label; its gradients are counted in the method: 50 steps or samples.'

/** The tables of what was measured; a suite that was not run has none. */
function sections(records: readonly BenchRecord[]): string[] {
  const [models, attributions, ops] = [of(records, 'model'), of(records, 'attribution'), of(records, 'op')]
  const floors = of(records, 'gpu-floor')
  return [
    ...(models.length > 0 ? ['## All labels of whole models', modelText, modelTable(models)] : []),
    ...(attributions.length > 0
      ? ['## Integrated gradients and SmoothGrad', attributionText, attributionTable(attributions)]
      : []),
    ...(floors.length > 0 ? ['## On a GPU: predictions, not yet measured', gpuFloorText, gpuFloorTable(floors)] : []),
    ...(ops.length > 0 ? ['## Operators', folded(`One VJP of ${ops[0]!.cotangents} cotangents`, opTable(ops))] : [])
  ]
}

function details(records: readonly BenchRecord[]): string[] {
  const compared = [...of(records, 'model'), ...of(records, 'attribution')]
  const left = [
    ...compared.flatMap(({ id, skipped }) => skipped.map((reason) => `- ${id}: ${reason}`)),
    ...of(records, 'skip').map(({ id, reason }) => `- ${id}: ${reason}`),
    ...of(records, 'failure').map(({ id, message }) => `- ${id} failed: ${message}`)
  ]
  return [
    ...(left.length > 0 ? ['## Left out', withoutFolders(left.join('\n'))] : []),
    ...(compared.length > 0 ? ['## Every measurement', folded('Systems and counts', systemTable(compared))] : [])
  ]
}

function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`
}

/** Writes the page and keeps the hand-written part of what was there. Throws if that part cannot be told. */
export function writePage(path: string, records: readonly BenchRecord[]): void {
  const notes = notesOf(existsSync(path) ? readFileSync(path, 'utf8') : undefined)
  writeFileSync(path, renderPage(records, notes))
}
