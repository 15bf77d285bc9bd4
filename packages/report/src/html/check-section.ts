import { html } from 'ghtml'
import { formatNumber } from '../format-number.js'
import type { ReportCheck } from '../report.js'
import type { Curve } from '../summary.js'
import { cascadeFigure } from './cascade-figure.js'
import type { ChartFacts } from './chart-parts.js'
import { dotChart } from './dot-chart.js'
import { lineChart } from './line-chart.js'
import { figuresOf, measureOf, type PageFacts } from './page-facts.js'
import { counted, listed, optionsText, scrolling } from './words.js'
import { criterionText } from './verdicts-section.js'

/** One check: what it changes, its figures as charts, and its maps step by step. */
export function checkSection(facts: PageFacts, check: ReportCheck): string {
  const figures = figuresOf(facts, check)
  const charts = figures.map((figure, k) => chartFigure(facts, check, figure, k === 0))
  const plots =
    charts.length === 0 ? html`<p class="empty">No figure was measured.</p>` : html`<div class="plots">!${charts}</div>`
  return about(check) + plots + cascadeFigure(facts, check)
}

function about({ cite, options, steps, draws, criterion, notes }: ReportCheck): string {
  const set = options && Object.keys(options).length > 0 ? ` Options: ${optionsText(options)}.` : ''
  const named = steps.length <= 3 ? `: ${listed(steps.map(({ name }) => name))}` : ''
  const text = `${cite}. ${counted(steps.length, 'step')}${named}, ${counted(draws, 'draw')} each; passes if ${criterionText(criterion)}.${set}`
  return html`<p>${text}</p>
    !${(notes ?? []).map((note) => html`<p>${note}</p>`)}`
}

function chartFigure(facts: PageFacts, check: ReportCheck, figure: string, wide: boolean): string {
  const { report, curves, series } = facts
  const found = curves.get(check.name)?.get(figure) ?? new Map<string, Curve>()
  const measure = measureOf(report, check, figure)
  const chart: ChartFacts = {
    figure,
    ...(measure && { measure }),
    steps: check.steps.map(({ name }) => name),
    curves: [...found].map(([method, curve]) => ({ series: series.get(method)!, curve })),
    criterion: check.criterion,
    wide,
    label: `${figure} of ${check.name} for ${counted(found.size, 'method')} and controls; the numbers are in the table below it`
  }
  const single = check.steps.length === 1
  const picture = scrolling(`Chart of ${figure}, ${check.name}`, single ? dotChart(chart) : lineChart(chart))
  const how = single ? 'Signs are means, lines' : 'Lines are means at each step, bands'
  const alike = measure?.direction === undefined ? '' : `, ${measure.direction} is more alike`
  const explained = `. ${how} one standard deviation to either side, over draws and inputs. Filled signs are methods, open signs controls.`
  const caption = html`<figcaption><b>${figure}</b>${alike}${wide ? explained : ''}</figcaption>`
  return html`<figure>!${caption}!${picture}!${single ? '' : key(facts, chart)}!${numbers(check, chart)}</figure>`
}

/** What line is whose, with its value at the last step that has one, the largest first. */
function key({ series: drawn }: PageFacts, { curves }: ChartFacts): string {
  const last = curves
    .map(({ series, curve }) => ({ series, end: curve.findLast((point) => point !== undefined)! }))
    .toSorted((a, b) => b.end.value - a.end.value)
  return html`<ul class="key">
    !${last.map(({ series, end }) => html`<li>!${drawn.get(series.method)!.sample}${series.method} ${formatNumber(end.value)}</li>`)}
  </ul>`
}

function numbers({ name, steps }: ReportCheck, { figure, curves }: ChartFacts): string {
  const head = curves.map(({ series }) => html`<th scope="col" class="number">${series.method}</th>`)
  const rows = steps.map((step, k) => {
    const cells = curves.map(({ curve }) => {
      const point = curve[k]
      const text = point ? `${formatNumber(point.value)} ± ${formatNumber(point.spread)}` : '–'
      return html`<td class="number">${text}</td>`
    })
    return html`<tr>
      <th scope="row">${step.name}</th>
      !${cells}
    </tr>`
  })
  const table = html`<table>
    <caption>
      ${figure} of ${name}: mean ± standard deviation.
    </caption>
    <thead>
      <tr>
        <th scope="col">Step</th>
        !${head}
      </tr>
    </thead>
    <tbody>
      !${rows}
    </tbody>
  </table>`
  return html`<details>
    <summary>Numbers of this chart</summary>
    !${scrolling(`Numbers of ${figure}, ${name}`, table)}
  </details>`
}
