import type { Cell, Report } from './report.js'

/** Mean and sample standard deviation (n - 1 in the denominator; 0 for a single value) of `samples` values. */
export interface Summary {
  readonly value: number
  readonly spread: number
  readonly samples: number
}

/** Undefined of no values. */
export function summarize(values: readonly number[]): Summary | undefined {
  const samples = values.length
  if (samples === 0) return undefined
  if (values.every((each) => each === values[0])) return { value: values[0]!, spread: 0, samples }
  const value = values.reduce((sum, each) => sum + each, 0) / samples
  const squares = values.reduce((sum, each) => sum + (each - value) ** 2, 0)
  return { value, spread: Math.sqrt(squares / (samples - 1)), samples }
}

/** What each step, from 1, of a check found of a method by one figure: over draws and inputs; undefined where nothing is. */
export type Curve = readonly (Summary | undefined)[]

/** Every curve of a check, by figure and then method, in the report's order; figures in the order in which cells name them. */
export function curvesOf(report: Report, check: string): ReadonlyMap<string, ReadonlyMap<string, Curve>> {
  const steps = report.checks.find(({ name }) => name === check)?.steps.length ?? 0
  const cells = report.cells.filter((cell) => cell.check === check)
  const byMethod = report.methods.map(({ name }) => [name, cells.filter(({ method }) => method === name)] as const)
  const curves = new Map<string, Map<string, Curve>>()
  for (const figure of new Set(cells.flatMap(({ figures }) => Object.keys(figures)))) {
    const found = byMethod.map(([method, own]) => [method, curveOf(own, figure, steps)] as const)
    curves.set(figure, new Map(found.filter(([, curve]) => curve.some((point) => point !== undefined))))
  }
  return curves
}

function curveOf(cells: readonly Cell[], figure: string, steps: number): Curve {
  const values = Array.from({ length: steps }, (): number[] => [])
  for (const { step, figures } of cells) {
    const value = figures[figure]
    if (value !== undefined) values[step - 1]?.push(value)
  }
  return values.map(summarize)
}

/**
 * What a metric found of every method, over inputs. Of a single input the spread is that of its samples, if it has one.
 */
export function scoresOf(report: Report, metric: string): ReadonlyMap<string, Summary> {
  const scores = report.scores.filter((score) => score.metric === metric)
  const found = new Map<string, Summary>()
  for (const { name } of report.methods) {
    const own = scores.filter(({ method }) => method === name)
    const summary = summarize(own.map(({ value }) => value))
    if (summary) found.set(name, own.length === 1 ? { ...summary, spread: own[0]!.spread ?? 0 } : summary)
  }
  return found
}
