import { html } from 'ghtml'
import type { Report } from '../report.js'
import { counted, durationText, optionsText, terms, valueText } from './words.js'

/** What every figure is, and everything that is needed to make the run again. */
export function reproduceSection(report: Report): string {
  const { run, model, inputs, methods, checks } = report
  const command =
    run.command === undefined
      ? ''
      : html`<h3>Command</h3>
          <pre><code>${run.command}</code></pre>`
  const facts: [string, string][] = [
    ['Started', run.date],
    ['Took', durationText(run.seconds)],
    ['Engine', run.engine],
    ['Seed', `${run.seed}`],
    ['Versions', optionsText(run.versions)],
    ...Object.entries(run.options).map(([name, value]): [string, string] => [`Option ${name}`, valueText(value)])
  ]
  const modelFacts: [string, string][] = [
    ['Name', model.name],
    ['SHA-256', model.sha256],
    ['Labels', `${model.labels}`],
    ...(model.preprocess === undefined ? [] : [['Preprocessing', model.preprocess] as [string, string]])
  ]
  const methodFacts = methods.map(
    ({ name, role, cite, options }) => [name, role, options && optionsText(options), cite] as const
  )
  const checkFacts = checks.map(({ name, draws, options, steps }) => {
    const layers = `steps ${steps.map((step) => step.name).join(', ')}`
    return [name, counted(draws, 'draw'), options && optionsText(options), layers] as const
  })
  return html`<details>
    <summary>Versions, seeds, hashes, options and the command</summary>
    !${command}
    <h3>Run</h3>
    !${terms(facts)}
    <h3>Model</h3>
    !${terms(modelFacts)}
    <h3>Inputs by SHA-256</h3>
    !${terms(inputs.map(({ name, sha256 }) => [name, sha256]))}
    <h3>Methods and controls</h3>
    !${terms(methodFacts)}
    <h3>Checks</h3>
    !${terms(checkFacts)}
  </details>`
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
