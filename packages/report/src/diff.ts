import { differences, type Difference } from './differences.js'
import type { Report, Verdict } from './report.js'
import { curvesOf, scoresOf, type Curve, type Summary } from './summary.js'

/** What differs between two reports: plain data. */
export interface ReportDiff {
  /** Things by which the two runs differ, which may be why their numbers do: `model.sha256`, `run.seed`, `checks.cascading.draws`, ... */
  readonly reasons: readonly Difference[]
  /** In the second report only, and in the first only. */
  readonly added: readonly Named[]
  readonly gone: readonly Named[]
  readonly verdicts: readonly VerdictChange[]
  /** Figures of checks that moved at some step, and metrics, by more than their spread. */
  readonly moved: readonly Movement[]
  /** How many curves and metrics of a method both reports have. */
  readonly compared: number
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

/** A number's mean in both. It moved if the means differ by more than the larger of the two spreads, and by more than rounding. */
export interface Movement {
  readonly method: string
  /** A check's name, with `figure`, or a metric's. */
  readonly measured: string
  readonly figure?: string
  /** Of a check: the step that moved most, and how many did of those that both have. */
  readonly step?: string
  readonly steps?: { readonly moved: number; readonly of: number }
  readonly before: Summary
  readonly after: Summary
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
    compared: figures.length
  }
}

/** Of one curve or metric of one method. */
interface Compared {
  readonly movement?: Movement
}

function figureMovements(before: Report, after: Report): Compared[] {
  return before.checks.flatMap(({ name: check, steps }) => {
    const other = after.checks.find(({ name }) => name === check)
    if (!other) return []
    const place = steps.map(({ name }) => other.steps.findIndex((step) => step.name === name))
    const curves = curvesOf(after, check)
    return [...curvesOf(before, check)].flatMap(([figure, methods]) =>
      [...methods].flatMap(([method, curve]): Compared[] => {
        const otherCurve = curves.get(figure)?.get(method)
        if (!otherCurve) return []
        const pairs = pairsOf(curve, otherCurve, place)
        const moved = pairs.filter(isMoved).toSorted((a, b) => change(b) - change(a))
        const [most] = moved
        if (!most) return [{}]
        const { step, ...summaries } = most
        const where = { step: steps[step]!.name, steps: { moved: moved.length, of: pairs.length } }
        return [{ movement: { method, measured: check, figure, ...where, ...summaries } }]
      })
    )
  })
}

interface Pair {
  readonly before: Summary
  readonly after: Summary
}

/** `place` holds, for each step of the first curve, the index of the step of the same name in the second. */
function pairsOf(curve: Curve, other: Curve, place: readonly number[]): (Pair & { readonly step: number })[] {
  return curve.flatMap((before, step) => {
    const after = other[place[step]!]
    return before && after ? [{ step, before, after }] : []
  })
}

function metricMovements(before: Report, after: Report): Compared[] {
  return before.metrics.flatMap(({ name: metric }) => {
    const others = scoresOf(after, metric)
    return [...scoresOf(before, metric)].flatMap(([method, summary]): Compared[] => {
      const other = others.get(method)
      if (!other) return []
      const pair = { before: summary, after: other }
      return [{ ...(isMoved(pair) && { movement: { method, measured: metric, ...pair } }) }]
    })
  })
}

function isMoved(pair: Pair): boolean {
  const rounding = 1e-6 * Math.max(1, Math.abs(pair.before.value), Math.abs(pair.after.value))
  return change(pair) > Math.max(pair.before.spread, pair.after.spread, rounding)
}

function change({ before, after }: Pair): number {
  return Math.abs(after.value - before.value)
}

function verdictChanges(before: Report, after: Report): VerdictChange[] {
  return before.verdicts.flatMap((verdict) => {
    const { check, method } = verdict
    const other = after.verdicts.find((each) => each.check === check && each.method === method)
    return other && other.outcome !== verdict.outcome ? [{ check, method, before: verdict, after: other }] : []
  })
}

function setsOf(report: Report): Named[] {
  const figures = report.checks.flatMap(({ name }) => [...curvesOf(report, name).keys()])
  const named = (kind: Named['kind'], names: Iterable<string>): Named[] => [...names].map((name) => ({ kind, name }))
  return [
    ...named(
      'input',
      report.inputs.map(({ name }) => name)
    ),
    ...named(
      'method',
      report.methods.map(({ name }) => name)
    ),
    ...named(
      'check',
      report.checks.map(({ name }) => name)
    ),
    ...named('figure', new Set(figures)),
    ...named(
      'metric',
      report.metrics.map(({ name }) => name)
    ),
    ...named(
      'verdict',
      report.verdicts.map(({ check, method }) => `${method}: ${check}`)
    )
  ]
}

function only(these: readonly Named[], others: readonly Named[]): Named[] {
  return these.filter(({ kind, name }) => !others.some((other) => other.kind === kind && other.name === name))
}
