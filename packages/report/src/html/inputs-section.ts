import { html } from 'ghtml'
import type { BaseMap, Report } from '../report.js'
import { formatNumber } from '../format-number.js'
import { photographSide, type PageFacts } from './page-facts.js'
import { listed, scrolling } from './words.js'

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
  const { report } = facts
  const head = report.inputs.map(({ name }) => html`<th scope="col">${name}</th>`)
  const rows = report.methods.map(({ name, role }) => {
    const cells = report.inputs.map((input) => {
      const map = report.maps.find((each) => each.method === name && each.input === input.name)
      return html`<td>!${map ? mapCell(facts, map) : '<span class="empty">none</span>'}</td>`
    })
    return html`<tr>
      <th scope="row" class="${role}">${name}</th>
      !${cells}
    </tr>`
  })
  const table = html`<table class="cascade maps" style="--columns:${report.inputs.length}">
    <caption>
      The map of each method for each input, of the model as it is.
      <b>Kept</b>
      is the share of elements that are not 0.
    </caption>
    <thead>
      <tr>
        <th scope="col"><span class="hidden">Method</span></th>
        !${head}
      </tr>
    </thead>
    <tbody>
      !${rows}
    </tbody>
  </table>`
  return scrolling('Maps of the unchanged model', table) + notes(report)
}

function mapCell({ pictures, mapSide }: PageFacts, { picture, method, input, kept }: BaseMap): string {
  const alt = `Map by ${method} of ${input}`
  return html`!${pictures.show(picture, mapSide, alt)}${kept < 1 ? `kept ${(100 * kept).toPrecision(2)} %` : ''}`
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
