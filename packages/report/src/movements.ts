import type { Report } from './report.js'
import { figuresByInput, pairedOf, scoresByInput, uncertaintyOf, type Paired } from './paired.js'
import { curvesOf, scoresOf, type Curve, type Summary } from './summary.js'

/**
 * A number's mean in both. Where both have values of the same three inputs or more, these are compared in pairs, and it moved if the 95 % interval of the mean difference leaves out
 * 0; else it moved if the means differ by more than the larger of the two spreads. Either way by more than rounding.
 */
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
  /** Absent: the means were compared. */
  readonly paired?: Paired
}

/** Of one curve or metric of one method. */
export interface Compared {
  /** Whether inputs were compared in pairs, at every step. */
  readonly isPaired: boolean
  readonly movement?: Movement
}

/**
 * Of every figure of every check that both have; steps are matched by name. Inputs are paired only where both runs drew the same: otherwise all inputs of a
 * draw move together, which differences of inputs cannot tell from a difference of the runs.
 */
export function figureMovements(before: Report, after: Report): Compared[] {
  return before.checks.flatMap(({ name: check, steps, draws }) => {
    const other = after.checks.find(({ name }) => name === check)
    if (!other) return []
    const place = steps.map(({ name }) => other.steps.findIndex((step) => step.name === name))
    const curves = curvesOf(after, check)
    const [of, otherOf] = [figuresByInput(before, check), figuresByInput(after, check)]
    const drewTheSame = before.run.seed === after.run.seed && draws === other.draws
    return [...curvesOf(before, check)].flatMap(([figure, methods]) =>
      [...methods].flatMap(([method, curve]): Compared[] => {
        const otherCurve = curves.get(figure)?.get(method)
        if (!otherCurve) return []
        const pairs = pairsOf(curve, otherCurve, place).map((pair): Pair & { readonly step: number } => {
          const [own, others] = [of(figure, method, pair.step + 1), otherOf(figure, method, place[pair.step]! + 1)]
          const paired = drewTheSame ? pairedOf(own, others) : undefined
          return { ...pair, ...(paired && { paired }) }
        })
        const isPaired = pairs.every(({ paired }) => paired)
        const moved = pairs.filter(isMoved).toSorted((a, b) => change(b) - change(a))
        const [most] = moved
        if (!most) return [{ isPaired }]
        const { step, ...summaries } = most
        const where = { step: steps[step]!.name, steps: { moved: moved.length, of: pairs.length } }
        return [{ isPaired, movement: { method, measured: check, figure, ...where, ...summaries } }]
      })
    )
  })
}

interface Pair {
  readonly before: Summary
  readonly after: Summary
  readonly paired?: Paired
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
      const paired = pairedOf(scoresByInput(before, metric, method), scoresByInput(after, metric, method))
      const pair: Pair = { before: summary, after: other, ...(paired && { paired }) }
      return [
        { isPaired: paired !== undefined, ...(isMoved(pair) && { movement: { method, measured: metric, ...pair } }) }
      ]
    })
  })
}

function isMoved(pair: Pair): boolean {
  const rounding = 1e-6 * Math.max(Math.abs(pair.before.value), Math.abs(pair.after.value))
  const uncertain = pair.paired ? uncertaintyOf(pair.paired) : Math.max(pair.before.spread, pair.after.spread)
  return change(pair) > Math.max(uncertain, rounding)
}

function change({ before, after, paired }: Pair): number {
  return Math.abs(paired ? paired.difference : after.value - before.value)
}
