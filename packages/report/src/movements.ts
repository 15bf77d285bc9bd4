import type { Report } from './report.js'
import { curvesOf, scoresOf, type Curve, type Summary } from './summary.js'

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

/** Of one curve or metric of one method. */
export interface Compared {
  readonly movement?: Movement
}

/** Of every figure of every check that both have; steps are matched by name. */
export function figureMovements(before: Report, after: Report): Compared[] {
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

export function metricMovements(before: Report, after: Report): Compared[] {
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
  const rounding = 1e-6 * Math.max(Math.abs(pair.before.value), Math.abs(pair.after.value))
  return change(pair) > Math.max(pair.before.spread, pair.after.spread, rounding)
}

function change({ before, after }: Pair): number {
  return Math.abs(after.value - before.value)
}
