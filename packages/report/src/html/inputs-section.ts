import { html } from 'ghtml'
import type { BaseMap, Report } from '../report.js'
import { formatNumber } from '../format-number.js'
import { photographSide, type PageFacts } from './page-facts.js'
import { cell, dataTable, empty, headCell, row } from './table.js'
import { listed } from './words.js'

/** The photographs with what the model says of them. */
export function inputsSection({ report, pictures }: PageFacts): string {
  const items = report.inputs.map(({ name, picture, target, targetName, probability, logit }) => {
    const label = targetName ?? `label ${target}`
    const shown = picture === undefined ? '' : pictures.show(picture, photographSide, `Input ${name}`)
    return html`<li>
      !${shown}
      <b>${label}</b>
      <span>${name}</span>
      <span>probability ${formatNumber(probability)}</span>
      <span>logit ${formatNumber(logit)} of label ${target}</span>
    </li>`
  })
  return html`<ul class="inputs">
    !${items}
  </ul>`
}

/** The maps of the unchanged model: a row per method, a column per input. */
export function mapsSection(facts: PageFacts): string {
  const { inputs, methods, maps } = facts.report
  const rows = methods.map(({ name, role }) => {
    const cells = inputs.map((input) => {
      const map = maps.find((each) => each.method === name && each.input === input.name)
      return cell(map ? shownMap(facts, map) : empty('none'))
    })
    return row(name, cells, role)
  })
  const table = dataTable({
    label: 'Maps of the unchanged model',
    caption: html`The map of each method for each input, of the model as it is. <b>Kept</b> is the share of elements
      that are not 0.`,
    head: [headCell('Method'), ...inputs.map(({ name }) => headCell(name))],
    bodies: [rows],
    kind: 'cascade maps',
    columns: inputs.length
  })
  return table + notes(facts.report)
}

function shownMap({ pictures, mapSide }: PageFacts, { picture, method, input, kept }: BaseMap): string {
  const share = 100 * kept
  const text = kept < 1 ? `kept ${share < 9.95 ? share.toPrecision(2) : share.toFixed(0)} %` : ''
  return pictures.show(picture, mapSide, `Map by ${method} of ${input}`) + text
}

/** What was noted of the maps of methods, once each with its inputs: that a control looks like edges is no news. */
function notes({ maps, methods }: Report): string {
  const controls = methods.flatMap(({ name, role }) => (role === 'control' ? name : []))
  const noted = new Map<string, { readonly method: string; readonly note: string; readonly inputs: string[] }>()
  for (const { method, input, notes: own } of maps.filter((map) => !controls.includes(map.method))) {
    for (const note of own) {
      const key = JSON.stringify([method, note])
      noted.set(key, { method, note, inputs: [...(noted.get(key)?.inputs ?? []), input] })
    }
  }
  if (noted.size === 0) return ''
  const items = [...noted.values()].map(
    ({ method, note, inputs }) => html`<li><b>${method}</b>, ${listed(inputs)}: ${note}</li>`
  )
  return html`<div class="warning" role="note">
    <p><strong>Notes on these maps</strong></p>
    <ul>
      !${items}
    </ul>
  </div>`
}
