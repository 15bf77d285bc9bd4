import { html } from 'ghtml'
import type { Report } from '../report.js'
import { methodVerdicts } from './page-facts.js'
import { counted, durationText, listed } from './words.js'

export interface Section {
  readonly id: string
  readonly title: string
  readonly content: string
}

/** The head of the page: what was examined, what was found, in words, and the list of sections. */
export function masthead(report: Report, sections: readonly Section[]): string {
  return html`<header class="masthead">
    <div class="running">
      <span><strong>Agon</strong> · sanity checks</span><button type="button" id="theme" hidden>Theme</button>
    </div>
    <h1>!${titleOf(report)}</h1>
    <p class="facts">!${factsOf(report)}</p>
    <p class="lead">!${summaryOf(report)}</p>
    !${unfinished(report)}
    <nav class="contents" aria-label="Contents">
      <ul>
        !${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
      </ul>
    </nav>
  </header>`
}

export function titleOf({ methods, model }: Report): string {
  const names = methods.filter(({ role }) => role === 'method').map(({ name }) => name)
  return html`${names.length <= 3 ? listed(names) : counted(names.length, 'saliency method')} on ${model.name}`
}

function factsOf({ model, run, inputs }: Report): string {
  const date = new Date(run.date)
  const day = Number.isNaN(date.valueOf())
    ? run.date
    : date.toLocaleDateString('en-GB', { dateStyle: 'long', timeZone: 'UTC' })
  return html`${day} · ${counted(model.labels, 'label')} · ${counted(inputs.length, 'input')} · engine ${run.engine} ·
  seed ${run.seed} · ${durationText(run.seconds)}`
}

function summaryOf(report: Report): string {
  const { methods, inputs, checks, metrics, model } = report
  const asked = methods.filter(({ role }) => role === 'method')
  const controls = methods.length - asked.length
  const what = `${counted(asked.length, 'method')} and ${counted(controls, 'control')} explain what ${model.name} says of ${counted(inputs.length, 'input')}.`
  const how =
    checks.length === 0
      ? ''
      : ` ${checks.length === 1 ? 'One check changes' : `${counted(checks.length, 'check')} change`} something that a map ought to depend on (${listed(checks.map(({ name }) => name))}): a map that stays as it was does not explain the model.`
  const measured =
    metrics.length === 0
      ? ''
      : ` ${metrics.length === 1 ? 'One metric measures' : `${counted(metrics.length, 'metric')} measure`} how faithful maps are.`
  return html`${what + how + measured}!${found(report)}`
}

/** `Of 6 verdicts 3 pass, 2 fail and 1 cannot be told. cgi passes every check; ...` */
function found(report: Report): string {
  const verdicts = methodVerdicts(report)
  if (verdicts.length === 0) return ''
  const count = (outcome: string): number => verdicts.filter((verdict) => verdict.outcome === outcome).length
  const passing = report.methods
    .map(({ name }) => name)
    .filter(
      (name) =>
        verdicts.some(({ method }) => method === name) &&
        verdicts.every(({ method, outcome }) => method !== name || outcome === 'passes')
    )
  const every = report.checks.length === 1 ? 'the check' : 'every check'
  const all =
    passing.length === 0
      ? `No method passes ${every}.`
      : `${listed(passing)} ${passing.length === 1 ? 'passes' : 'pass'} ${every}.`
  return html` Of ${counted(verdicts.length, 'verdict')} <strong>${count('passes')} passed</strong>,
    <strong>${count('fails')} failed</strong> and <strong>${count('cannot tell')}</strong> could not be told. ${all}`
}

function unfinished({ run }: Report): string {
  if (run.unfinished.length === 0) return ''
  return html`<div class="warning" role="note">
    <p><strong>This run is not complete.</strong></p>
    <ul>
      !${run.unfinished.map((each) => html`<li>${each}</li>`)}
    </ul>
  </div>`
}
