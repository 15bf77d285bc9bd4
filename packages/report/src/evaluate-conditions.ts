import { AgonError, knownNames } from '@agon/core'
import type { Condition, Operator } from './condition.js'
import { formatNumber } from './format-number.js'
import type { Report, ReportCheck } from './report.js'
import { summarize, type Summary } from './summary.js'

/** Whether a condition holds of a report. */
export interface ConditionResult extends Summary {
  readonly condition: Condition
  readonly holds: boolean
  /** What was found, for a reader. */
  readonly sentence: string
}

const operators: Readonly<Record<Operator, (a: number, b: number) => boolean>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b
}

/**
 * Evaluates conditions: the mean over inputs and draws of a figure at one step of a check (the one that its verdict is read off), or the mean of a metric over inputs. Throws AGON_UNKNOWN_NAME for a
 * method, check, figure, metric or step that the report lacks, listing those it has, and AGON_BAD_INPUT where any input or draw is missing: what was not
 * measured is neither true nor false.
 */
export function evaluateConditions(report: Report, conditions: readonly Condition[]): readonly ConditionResult[] {
  return conditions.map((condition) => {
    known(condition, 'method', condition.method, names(report.methods))
    const { found, where } = isMetric(report, condition) ? scored(report, condition) : checked(report, condition)
    const holds = operators[condition.operator](found.value, condition.threshold)
    const figure = `${formatNumber(found.value)} ± ${formatNumber(found.spread)} (${found.samples} values)`
    const sentence = `${condition.method}: ${where} is ${figure}, which is ${holds ? '' : 'not '}${condition.operator} ${condition.threshold}`
    return { condition, holds, ...found, sentence }
  })
}

interface Found {
  readonly found: Summary
  readonly where: string
}

function isMetric(report: Report, { measured }: Condition): boolean {
  return report.metrics.some(({ name }) => name === measured)
}

function scored(report: Report, condition: Condition): Found {
  if (condition.step !== undefined) {
    const remedy = "Leave 'at step' out: a metric has no steps."
    throw new AgonError('AGON_BAD_OPTION', { what: `condition '${condition.text}'`, remedy })
  }
  const own = report.scores.filter(({ metric, method }) => metric === condition.measured && method === condition.method)
  const values = report.inputs.map(({ name }) => own.find(({ input }) => input === name)?.value)
  const found = whole(condition, values)
  return {
    found: own.length === 1 ? { ...found, spread: own[0]!.spread ?? 0 } : found,
    where: condition.measured
  }
}

function checked(report: Report, condition: Condition): Found {
  const check = checkOf(report, condition)
  const figure = condition.measured.slice(check.name.length + 1)
  const step = stepOf(check, condition)
  const all = report.cells.filter((cell) => cell.check === check.name)
  known(condition, `figure of ${check.name}`, figure, [...new Set(all.flatMap(({ figures }) => Object.keys(figures)))])
  const own = all.filter((cell) => cell.method === condition.method && cell.step === step)
  const draws = Array.from({ length: check.draws }, (_, draw) => draw)
  const values = report.inputs.flatMap(({ name }) =>
    draws.map((draw) => own.find((cell) => cell.input === name && cell.draw === draw)?.figures[figure])
  )
  return {
    found: whole(condition, values),
    where: `${figure} of ${check.name} at step ${step} of ${check.steps.length} (${check.steps[step - 1]!.name})`
  }
}

/** The longest check name that what is measured starts with. Says what a single unknown word could have been. */
function checkOf(report: Report, condition: Condition): ReportCheck {
  const { measured } = condition
  const [check] = report.checks
    .filter(({ name }) => measured.startsWith(`${name} `))
    .toSorted((a, b) => b.name.length - a.name.length)
  if (check) return check
  const one = report.checks.find(({ name }) => name === measured)
  if (one) {
    const figure = one.criterion.figure
    const remedy = `Name a figure, too: '${condition.method}: ${measured} ${figure} ${condition.operator} ${condition.threshold}'.`
    throw new AgonError('AGON_BAD_OPTION', { what: `condition '${condition.text}'`, remedy })
  }
  const [word = measured, ...more] = measured.split(' ')
  if (more.length > 0) known(condition, 'check', word, names(report.checks))
  else known(condition, 'metric', word, names(report.metrics))
  throw new AgonError('AGON_INTERNAL', { what: `condition '${condition.text}'` })
}

/** From 1. A name goes before a number; without either it is the step that the check's verdict is read off. */
function stepOf({ name, steps, criterion }: ReportCheck, condition: Condition): number {
  const { step } = condition
  if (step === undefined) return criterion.step === 'first' ? 1 : steps.length
  const at = names(steps).indexOf(step)
  if (at >= 0) return at + 1
  if (/^[1-9]\d*$/.test(step) && Number(step) <= steps.length) return Number(step)
  known(condition, `step of ${name}`, step, [...names(steps), `1 .. ${steps.length}`])
  return steps.length
}

/** The mean of all of them. Throws AGON_BAD_INPUT if one is missing. */
function whole(condition: Condition, values: readonly (number | undefined)[]): Summary {
  const there = values.filter((value) => value !== undefined)
  const found = summarize(there)
  if (found && there.length === values.length) return found
  throw new AgonError('AGON_BAD_INPUT', {
    what: `condition '${condition.text}'`,
    expected: `${values.length} values, one per input and draw`,
    found: `${there.length}`,
    remedy: 'The run is not finished: resume it with the same command.'
  })
}

function known(condition: Condition, what: string, name: string, all: readonly string[]): void {
  if (all.includes(name)) return
  throw new AgonError('AGON_UNKNOWN_NAME', {
    what: `${what} '${name}' in the condition '${condition.text}'`,
    ...knownNames(name, all)
  })
}

function names(all: readonly { readonly name: string }[]): string[] {
  return all.map(({ name }) => name)
}
