import { html } from 'ghtml'
import type { MeasureFacts, Report } from '../report.js'
import { scoresOf, type Summary } from '../summary.js'
import { counted, optionsText, scrolling, terms, withSpread } from './words.js'

/** Methods and controls by metrics: means and spreads, and the best where it is one. */
export function metricsSection(report: Report): string {
  const columns = report.metrics.map((metric) => {
    const scores = scoresOf(report, metric.name)
    return { metric, scores, best: bestOf(report, metric, scores) }
  })
  const head = columns.map(({ metric: { name, direction } }) => {
    const arrow =
      direction === undefined
        ? ''
        : html` <span aria-hidden="true">${direction === 'higher' ? '↑' : '↓'}</span
            ><span class="hidden"> ${direction} is better</span>`
    return html`<th scope="col" class="number">${name}!${arrow}</th>`
  })
  const rows = (role: string): string[] =>
    report.methods
      .filter((method) => method.role === role)
      .map(({ name }) => {
        const cells = columns.map(({ scores, best }) => scoreCell(scores.get(name), best === name))
        return html`<tr>
          <th scope="row" class="!${role === 'control' ? 'indent' : ''}">${name}</th>
          !${cells}
        </tr>`
      })
  const caption = html`<caption>
    Mean ± standard deviation over inputs (of a single input: over the metric's samples); the number of values is in
    brackets. ↑ higher and ↓ lower is better.
    <b>Best</b>
    is marked only where a method leads every other method and every control by more than the larger of the two spreads.
  </caption>`
  const table = html`<table>
    !${caption}
    <thead>
      <tr>
        <th scope="col">Method</th>
        !${head}
      </tr>
    </thead>
    <tbody>
      !${rows('method')}
    </tbody>
    <tbody>
      !${rows('control')}
    </tbody>
  </table>`
  return scrolling('Metrics', table) + terms(report.metrics.map((metric) => definition(report, metric)))
}

function scoreCell(score: Summary | undefined, best: boolean): string {
  if (!score) return '<td class="number"><span class="empty">–</span></td>'
  return html`<td class="number!${best ? ' best' : ''}">
    !${withSpread(score)} <span class="spread">(${score.samples})</span>
  </td>`
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

function definition(report: Report, { name, formula, direction, options, cite }: MeasureFacts): MeasureLines {
  const samples = [...new Set(report.scores.filter(({ metric }) => metric === name).map((score) => score.samples))]
  const better = direction && `${direction} is better`
  const many = samples.length > 0 ? `${counted(Math.max(...samples), 'sample')} a score` : undefined
  const how = [better, many, options && optionsText(options)].filter(Boolean).join('; ')
  return [name, formula, how, cite]
}

type MeasureLines = readonly [name: string, ...lines: (string | undefined)[]]
