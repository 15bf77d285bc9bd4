import { html } from 'ghtml'
import { formatNumber } from '../format-number.js'
import type { MeasureFacts, Report, ReportMethod } from '../report.js'
import { scoresOf, type Summary } from '../summary.js'
import { cell, dataTable, empty, headCell, row } from './table.js'
import { counted, optionsText, terms, withSpread, type TermLines } from './words.js'

const caption = html`Mean ± standard deviation over inputs (of a single input: over the metric's samples); the number of
  values is in brackets. ↑ higher and ↓ lower is better. <b>Best</b> is marked only where a method leads every other
  method and every control by more than the larger of the two spreads.`

/** Methods and controls by metrics: means and spreads, and the best where it is one. */
export function metricsSection(report: Report): string {
  const columns = report.metrics.map((metric) => {
    const scores = scoresOf(report, metric.name)
    return { metric, scores, best: bestOf(report, metric, scores) }
  })
  const rows = (role: ReportMethod['role'], kind: string): string[] =>
    report.methods
      .filter((method) => method.role === role)
      .map(({ name }) => {
        const cells = columns.map(({ scores, best }) => scoreCell(scores.get(name), best === name))
        return row(name, cells, kind)
      })
  const table = dataTable({
    label: 'Metrics',
    caption,
    head: [headCell('Method'), ...columns.map(({ metric }) => metricHead(metric))],
    bodies: [rows('method', ''), rows('control', 'indent')]
  })
  return table + terms(report.metrics.map((metric) => definition(report, metric)))
}

function metricHead({ name, direction }: MeasureFacts): string {
  if (direction === undefined) return headCell(name, 'number')
  return html`<th scope="col" class="number">
    ${name} <span aria-hidden="true">${direction === 'higher' ? '↑' : '↓'}</span>
    <span class="hidden">${direction} is better</span>
  </th>`
}

function scoreCell(score: Summary | undefined, best: boolean): string {
  if (!score) return cell(empty('–'), 'number')
  const count = html` <span class="spread">(${score.samples})</span>`
  const value = score.spread === 0 && score.samples === 1 ? formatNumber(score.value) : withSpread(score)
  return cell(value + count, best ? 'number best' : 'number')
}

/** The method that leads all others, controls among them, by more than the larger of the two spreads. */
function bestOf(report: Report, { direction }: MeasureFacts, scores: ReadonlyMap<string, Summary>): string | undefined {
  if (direction === undefined || scores.size < 2) return undefined
  const sign = direction === 'higher' ? 1 : -1
  const leads = (name: string): boolean =>
    [...scores].every(([other, { value, spread }]) => {
      const own = scores.get(name)!
      return other === name || sign * (own.value - value) > Math.max(own.spread, spread)
    })
  return report.methods.find(({ name, role }) => role === 'method' && scores.has(name) && leads(name))?.name
}

function definition(report: Report, { name, formula, direction, options, cite }: MeasureFacts): TermLines {
  const samples = [...new Set(report.scores.filter(({ metric }) => metric === name).map((score) => score.samples))]
  const better = direction && `${direction} is better`
  const many = samples.length > 0 ? `${counted(Math.max(...samples), 'sample')} a score` : undefined
  const how = [better, many, options && optionsText(options)].filter(Boolean).join('; ')
  return [name, formula, how, cite]
}
