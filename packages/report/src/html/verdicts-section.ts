import type { Criterion } from '@agon/core'
import { html } from 'ghtml'
import { formatNumber } from '../format-number.js'
import type { Report, ReportCheck, Verdict } from '../report.js'
import { methodVerdicts } from './page-facts.js'
import { cell, dataTable, empty, headCell, row } from './table.js'
import { counted, outcomeOf, withSpread } from './words.js'

/** All outcomes at a glance, then a table per check with everything that speaks for them. */
export function verdictsSection(report: Report): string {
  if (methodVerdicts(report).length === 0) return html`<p class="empty">No verdict was reached.</p>`
  return (
    reading +
    (report.checks.length > 1 ? overview(report) : '') +
    report.checks.map((check) => verdictTable(report, check)).join('')
  )
}

const reading = html`<p>
  A verdict is read off one step of a check: the mean of one figure over draws and inputs. It passes or fails if the 95
  % interval of that mean lies on one side of a named threshold; else nobody can tell. Controls stand below the methods
  on the same scale. Dropping elements of a map at random lowers similarity as much as competition does, so no
  similarity speaks for a method by itself: read it beside the faithfulness figure, and that beside the random map's.
</p>`

function overview(report: Report): string {
  const verdicts = methodVerdicts(report)
  const names = report.methods.map(({ name }) => name).filter((name) => verdicts.some(({ method }) => method === name))
  const outcome = (check: string, name: string): string => {
    const verdict = verdicts.find((each) => each.check === check && each.method === name)
    return cell(verdict ? outcomeOf(verdict.outcome) : empty('none'))
  }
  return dataTable({
    label: 'Verdicts at a glance',
    caption: 'Every method under every check.',
    head: ['Method', ...report.checks.map(({ name }) => name)].map((name) => headCell(name)),
    bodies: [
      names.map((name) =>
        row(
          name,
          report.checks.map((check) => outcome(check.name, name))
        )
      )
    ]
  })
}

function verdictTable(report: Report, check: ReportCheck): string {
  const verdicts = methodVerdicts(report).filter((verdict) => verdict.check === check.name)
  if (verdicts.length === 0) return ''
  const { criterion } = verdicts[0]!
  const numbers = [headCell(criterion.figure, 'number'), headCell('Values', 'number')]
  const table = dataTable({
    label: `Verdicts of ${check.name}`,
    caption: html`<b>${check.name}</b>, passed if ${criterionText(criterion)}. Figures are means ± one standard
      deviation over draws and inputs.`,
    head: [headCell('Method'), headCell('Verdict'), ...numbers, headCell('Faithfulness'), headCell('Because')],
    bodies: [verdicts.map(verdictRow), controlRows(verdicts)]
  })
  return html`<h3>${check.name}</h3>
    !${table}`
}

export function criterionText({ figure, absolute, passes, threshold, step = 'last' }: Criterion): string {
  return `the mean ${absolute ? 'size of ' : ''}${figure} at the ${step} step is ${passes} ${threshold}`
}

function verdictRow(verdict: Verdict): string {
  const { method, outcome, samples, because, faithfulness } = verdict
  return row(method, [
    cell(outcomeOf(outcome)),
    cell(withSpread(verdict), 'number'),
    cell(`${samples}`, 'number'),
    cell(faithful(faithfulness), 'faithful'),
    html`<td class="because">${because}</td>`
  ])
}

function faithful(figure: Verdict['faithfulness']): string {
  if (!figure) return empty('not measured')
  const random = figure.random === undefined ? '' : html`; random map ${formatNumber(figure.random)}`
  const value = figure.spread > 0 ? withSpread(figure) : formatNumber(figure.value)
  return html`${figure.metric} !${value}!${random}`
}

/** The controls of all verdicts of a check, under a row that counts them. */
function controlRows(verdicts: readonly Verdict[]): string[] {
  const controls = new Map(verdicts.flatMap((verdict) => verdict.controls).map((control) => [control.method, control]))
  const rows = [...controls.values()].map((control) => {
    const figure = cell(withSpread(control), 'number')
    return row(control.method, [cell(''), figure, cell(''), cell(''), cell('')], 'indent')
  })
  const title = html`<tr class="group">
    <th scope="rowgroup" colspan="6">${counted(rows.length, 'control')}</th>
  </tr>`
  return rows.length === 0 ? [] : [title, ...rows]
}
