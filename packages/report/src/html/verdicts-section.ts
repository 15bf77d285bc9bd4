import type { Criterion } from '@agon/core'
import { html } from 'ghtml'
import { formatNumber } from '../format-number.js'
import type { Report, ReportCheck, Verdict } from '../report.js'
import { methodVerdicts } from './page-facts.js'
import { counted, outcomeOf, scrolling, withSpread } from './words.js'

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
  const { checks, methods } = report
  const verdicts = methodVerdicts(report)
  const rows = methods
    .filter(({ name }) => verdicts.some(({ method }) => method === name))
    .map(({ name }) => {
      const cells = checks.map((check) => {
        const verdict = verdicts.find((each) => each.check === check.name && each.method === name)
        return html`<td>!${verdict ? outcomeOf(verdict.outcome) : '<span class="empty">none</span>'}</td>`
      })
      return html`<tr>
        <th scope="row">${name}</th>
        !${cells}
      </tr>`
    })
  const head = checks.map(({ name }) => html`<th scope="col">${name}</th>`)
  return scrolling(
    'Verdicts at a glance',
    html`<table>
      <caption>
        Every method under every check.
      </caption>
      <thead>
        <tr>
          <th scope="col">Method</th>
          !${head}
        </tr>
      </thead>
      <tbody>
        !${rows}
      </tbody>
    </table>`
  )
}

function verdictTable(report: Report, check: ReportCheck): string {
  const verdicts = methodVerdicts(report).filter((verdict) => verdict.check === check.name)
  if (verdicts.length === 0) return ''
  const { criterion } = verdicts[0]!
  const head = html`<tr>
    <th scope="col">Method</th>
    <th scope="col">Verdict</th>
    <th scope="col" class="number">${criterion.figure}</th>
    <th scope="col" class="number">Values</th>
    <th scope="col">Faithfulness</th>
    <th scope="col">Because</th>
  </tr>`
  const caption = html`<caption>
    <b>${check.name}</b
    >: passes if ${criterionText(criterion)}. Figures are means ± one standard deviation over draws and inputs.
  </caption>`
  const table = html`<table>
    !${caption}
    <thead>
      !${head}
    </thead>
    <tbody>
      !${verdicts.map(verdictRow)}
    </tbody>
    !${controlRows(verdicts)}
  </table>`
  return html`<h3>${check.name}</h3>
    !${scrolling(`Verdicts of ${check.name}`, table)}`
}

export function criterionText({ figure, absolute, passes, threshold, step = 'last' }: Criterion): string {
  return `the mean ${absolute ? 'size of ' : ''}${figure} at the ${step} step is ${passes} ${threshold}`
}

function verdictRow(verdict: Verdict): string {
  const { method, outcome, samples, because, faithfulness } = verdict
  return html`<tr>
    <th scope="row">${method}</th>
    <td>!${outcomeOf(outcome)}</td>
    <td class="number">!${withSpread(verdict)}</td>
    <td class="number">${samples}</td>
    <td class="faithful">!${faithful(faithfulness)}</td>
    <td class="because">${because}</td>
  </tr>`
}

function faithful(figure: Verdict['faithfulness']): string {
  if (!figure) return '<span class="empty">not measured</span>'
  const random = figure.random === undefined ? '' : html`; random map ${formatNumber(figure.random)}`
  return html`${figure.metric} !${withSpread(figure)}!${random}`
}

/** The controls of all verdicts of a check; of those with the same name the first. */
function controlRows(verdicts: readonly Verdict[]): string {
  const controls = new Map(
    verdicts
      .flatMap((verdict) => verdict.controls)
      .toReversed()
      .map((control) => [control.method, control])
  )
  if (controls.size === 0) return ''
  const rows = [...controls.values()].toReversed().map(
    (control) =>
      html`<tr>
        <th scope="row" class="indent">${control.method}</th>
        <td></td>
        <td class="number">!${withSpread(control)}</td>
        <td></td>
        <td></td>
        <td></td>
      </tr>`
  )
  return html`<tbody>
    <tr class="group">
      <th scope="rowgroup" colspan="6">${counted(controls.size, 'control')}</th>
    </tr>
    !${rows}
  </tbody>`
}
