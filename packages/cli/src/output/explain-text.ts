import { basename } from 'node:path'
import { formatSeconds } from '../progress.js'
import { subsetText } from './competed.js'
import type { ExplainOutput } from './explain-files.js'
import type { ExampleRecord, ExplanationRecord, NamedLogit } from './record.js'
import { precisionText } from './precision.js'
import { figure, percent, table } from './table.js'

/** The table of one input for people: target, logit, nearest rivals; then a line per method. */
export function explainText({ input, records, sheet }: ExplainOutput): string {
  const examples = records[0]!.examples
  const lines = examples.map((example, n) => {
    const which = examples.length === 1 ? '' : ` [${n}]`
    return `${basename(input.path)}${which}: ${standingText(example)}\n`
  })
  const rows = records.flatMap(methodRows)
  const header = ['method', 'kept', 'median margin', 'time', 'files']
  const sheetRow = sheet === undefined ? [] : [['all methods', '', '', '', sheet]]
  const competed = records.find((record) => record.competed !== null)?.competed
  const precisions = records.map(({ method, precision }) => precisionText(precision, method.name)).join('')
  return (
    lines.join('') + (competed ? subsetText(competed) : '') + table([header, ...rows, ...sheetRow], '  ') + precisions
  )
}

/** `Ankle boot (9), logit 14.2; then Sneaker 6.1, Sandal 2.7` */
export function standingText({ target, top }: Pick<ExampleRecord, 'target' | 'top'>): string {
  const rivals = top.filter(({ index }) => index !== target.index).slice(0, 3)
  const rest = rivals.map((rival) => `${shortName(rival)} ${figure(rival.logit)}`).join(', ')
  const first = target.index === top[0]!.index
  const place = rest === '' ? '' : `; ${first ? 'then' : 'others'} ${rest}`
  return `${shortName(target)}${target.name === null ? '' : ` (${target.index})`}, logit ${figure(target.logit)}${place}`
}

/** The first of a label's synonyms. */
export function shortName({ index, name }: NamedLogit): string {
  return name === null ? `label ${index}` : name.split(',')[0]!.trim()
}

function methodRows({ method, examples, seconds, files }: ExplanationRecord): string[][] {
  return examples.map(({ keptShare, margins }, n) => [
    n === 0 ? method.name : '',
    keptShare === null ? '-' : percent(keptShare),
    margins === null ? '-' : figure(margins.median),
    n === 0 ? formatSeconds(seconds) : '',
    n === 0 ? braced(files) : ''
  ])
}

/** `agon-out/boot.cgi.{png,npy,json}` */
export function braced(files: readonly string[]): string {
  const endings = files.map((file) => file.slice(file.lastIndexOf('.') + 1))
  const stem = files[0]?.slice(0, files[0].lastIndexOf('.') + 1) ?? ''
  return endings.length > 1 ? `${stem}{${endings.join(',')}}` : (files[0] ?? '')
}
