import type { Difference } from './differences.js'
import type { ReportDiff, VerdictChange } from './diff.js'
import type { Movement } from './movements.js'
import { formatNumber } from './format-number.js'
import type { Summary } from './summary.js'

/** The difference for a terminal: aligned columns under headings, no colours, a last line that sums up. No line ends in a space. */
export function diffText(diff: ReportDiff): string {
  const parts = [
    section('Verdicts that changed', diff.verdicts.map(verdictRow)),
    section('Numbers that moved by more than their uncertainty', diff.moved.map(movementRow)),
    section(
      'Only in the second',
      diff.added.map(({ kind, name }) => [kind, name])
    ),
    section(
      'Only in the first',
      diff.gone.map(({ kind, name }) => [kind, name])
    ),
    section('By what the runs differ', diff.reasons.map(reasonRow))
  ].filter((part) => part !== '')
  return `${[...parts, summed(diff)].join('\n\n')}\n`
}

function section(title: string, rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `${title}\n${aligned(rows.map((row) => row.map(printable))).join('\n')}`
}

function verdictRow({ check, method, before, after }: VerdictChange): string[] {
  return [method, check, `${before.outcome} -> ${after.outcome}`, before.criterion.figure, arrow(before, after)]
}

function movementRow({ method, measured, figure, step, steps, before, after, paired }: Movement): string[] {
  const where = step === undefined ? '' : `at ${step}`
  const more = steps && steps.of > 1 ? `${steps.moved} of ${steps.of} steps moved` : ''
  return [method, measured, figure ?? '', where, arrow(before, after), how(paired), more]
}

function how(paired: Movement['paired']): string {
  if (!paired) return 'by means'
  const { difference, error, inputs } = paired
  return `by pairs: ${formatNumber(difference)} ± ${formatNumber(error)} over ${inputs} inputs`
}

function arrow(before: Pick<Summary, 'value' | 'spread'>, after: Pick<Summary, 'value' | 'spread'>): string {
  return `${withSpread(before)} -> ${withSpread(after)}`
}

function withSpread({ value, spread }: Pick<Summary, 'value' | 'spread'>): string {
  return `${formatNumber(value)} ± ${formatNumber(spread)}`
}

function reasonRow({ what, before, after }: Difference): string[] {
  return [what, `${shortened(before)} -> ${shortened(after)}`]
}

/** Hashes and lists by their beginning. */
function shortened(text: string | undefined): string {
  if (text === undefined) return '(none)'
  return text.length > 48 ? `${text.slice(0, 47)}…` : text
}

function summed({ verdicts, moved, compared, paired, added, gone, reasons }: ReportDiff): string {
  const all = counted(compared, 'curve or metric', 'curves and metrics')
  const by = `${paired} by pairs of inputs and ${compared - paired} by means`
  if (verdicts.length + moved.length + added.length + gone.length + reasons.length === 0) {
    return `No difference: ${all} compared, ${by}.`
  }
  const changes = `${counted(verdicts.length, 'verdict', 'verdicts')} changed`
  return `${changes}; ${moved.length} of ${all} (${by}) moved by more than the uncertainty.`
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}

/** Columns two spaces apart, indented by two; lengths in code points. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length))
  )
  const used = widths.flatMap((width, column) => (width > 0 ? [column] : []))
  return rows.map((row) => `  ${used.map((column) => padded(row[column] ?? '', widths[column]!)).join('  ')}`.trimEnd())
}

/** Names come from files: no escape sequence of theirs reaches a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?')
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(width - [...text].length)
}
