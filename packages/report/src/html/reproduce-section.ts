import { html } from 'ghtml'
import type { Report } from '../report.js'
import { counted, durationText, optionsText, terms, valueText, type TermLines } from './words.js'

/** What every figure is, and everything that is needed to make the run again. */
export function reproduceSection(report: Report): string {
  const { run, model, inputs } = report
  const command = run.command === undefined ? '' : html`<pre><code>${run.command}</code></pre>`
  const parts: [string, string][] = [
    ['Command', command],
    ['Run', terms(runLines(report))],
    ['Model', terms(modelLines(model))],
    ['Inputs by SHA-256', terms(inputs.map(({ name, sha256 }) => [name, sha256]))],
    ['Methods and controls', terms(methodLines(report))],
    ['Checks', terms(checkLines(report))]
  ]
  const shown = parts.filter(([, content]) => content !== '')
  return html`<details>
    <summary>Versions, seeds, hashes, options and the command</summary>
    !${shown.map(
      ([title, content]) =>
        html`<h3>${title}</h3>
          !${content}`
    )}
  </details>`
}

function runLines({ run }: Report): TermLines[] {
  return [
    ['Started', run.date],
    ['Took', durationText(run.seconds)],
    ['Engine', run.engine],
    ['Seed', `${run.seed}`],
    ['Versions', optionsText(run.versions)],
    ...Object.entries(run.options).map(([name, value]): TermLines => [`Option ${name}`, valueText(value)])
  ]
}

function modelLines({ name, graph, sha256, labels, preprocess }: Report['model']): TermLines[] {
  const facts: TermLines[] = [
    ['Name', name],
    ...(graph === undefined ? [] : [['Graph', graph] as const]),
    ['SHA-256', sha256],
    ['Labels', `${labels}`]
  ]
  return preprocess === undefined ? facts : [...facts, ['Preprocessing', preprocess]]
}

function methodLines({ methods }: Report): TermLines[] {
  return methods.map(({ name, role, cite, options }) => [name, role, options && optionsText(options), cite])
}

function checkLines({ checks }: Report): TermLines[] {
  return checks.map(({ name, draws, options, steps }) => {
    const named = `steps ${steps.map((step) => step.name).join(', ')}`
    return [name, counted(draws, 'draw'), options && optionsText(options), named]
  })
}

/** Similarities and the checks' own figures. */
export function figuresSection({ similarities, checks }: Report): string {
  const all = [...similarities, ...checks.flatMap(({ figures }) => figures ?? [])]
  return terms(
    all.map(({ name, formula, direction, options, cite }) => {
      const alike = direction && `${direction} is more alike`
      return [name, formula, [alike, options && optionsText(options)].filter(Boolean).join('; '), cite]
    })
  )
}
