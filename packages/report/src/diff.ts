import { differences, type Difference } from './differences.js'
import type { Report, Verdict } from './report.js'
import { figureMovements, metricMovements, type Movement } from './movements.js'
import { curvesOf } from './summary.js'

/** What differs between two reports: plain data. */
export interface ReportDiff {
  /** Things by which the two runs differ, which may be why their numbers do: `model.sha256`, `run.seed`, `checks.cascading.draws`, ... */
  readonly reasons: readonly Difference[]
  /** In the second report only, and in the first only. */
  readonly added: readonly Named[]
  readonly gone: readonly Named[]
  readonly verdicts: readonly VerdictChange[]
  /** Figures of checks that moved at some step, and metrics, by more than their uncertainty. */
  readonly moved: readonly Movement[]
  /** How many curves and metrics of a method both reports have. */
  readonly compared: number
  /** How many of these by the differences of their inputs, pair by pair; the others by their means. */
  readonly paired: number
}

export interface Named {
  readonly kind: 'input' | 'method' | 'check' | 'figure' | 'metric' | 'verdict'
  readonly name: string
}

export interface VerdictChange {
  readonly check: string
  readonly method: string
  readonly before: Verdict
  readonly after: Verdict
}

/** Compares the second report with the first. Reports of different models are compared, too: the reasons say so. */
export function diffReports(before: Report, after: Report): ReportDiff {
  const figures = [...figureMovements(before, after), ...metricMovements(before, after)]
  const sets = setsOf(before)
  const others = setsOf(after)
  return {
    reasons: differences(before, after),
    added: only(others, sets),
    gone: only(sets, others),
    verdicts: verdictChanges(before, after),
    moved: figures.flatMap(({ movement }) => movement ?? []),
    compared: figures.length,
    paired: figures.filter(({ isPaired }) => isPaired).length
  }
}

function verdictChanges(before: Report, after: Report): VerdictChange[] {
  return before.verdicts.flatMap((verdict) => {
    const { check, method } = verdict
    const other = after.verdicts.find((each) => each.check === check && each.method === method)
    return other && other.outcome !== verdict.outcome ? [{ check, method, before: verdict, after: other }] : []
  })
}

function setsOf(report: Report): Named[] {
  const { inputs, methods, checks, metrics, verdicts } = report
  const figures = checks.flatMap(({ name }) => [...curvesOf(report, name).keys()])
  const of = (kind: Named['kind'], items: readonly { readonly name: string }[]): Named[] =>
    items.map(({ name }) => ({ kind, name }))
  return [
    ...of('input', inputs),
    ...of('method', methods),
    ...of('check', checks),
    ...[...new Set(figures)].map((name): Named => ({ kind: 'figure', name })),
    ...of('metric', metrics),
    ...verdicts.map(({ check, method }): Named => ({ kind: 'verdict', name: `${method}: ${check}` }))
  ]
}

function only(these: readonly Named[], others: readonly Named[]): Named[] {
  return these.filter(({ kind, name }) => !others.some((other) => other.kind === kind && other.name === name))
}
