import { html } from 'ghtml'
import type { TurfFacts } from '../report.js'
import type { PageFacts } from './page-facts.js'
import { cell, dataTable, headCell, row } from './table.js'

const side = 448

/** Who owns which pixel: the picture, what is under pointer or cursor, and the largest owners as a table. */
export function turfSection({ report, pictures }: PageFacts): string {
  return report.turfs
    .map((turf) => turfFigure(turf, pictures.show(turf.picture, side, `Turf of ${turf.input}`)))
    .join('')
}

function turfFigure(turf: TurfFacts, picture: string): string {
  const { input, base } = turf
  return html`<figure class="turf">
    <figcaption>
      <b>${input}</b>: the label with the strictly largest positive ${base} owns a pixel; its lead over the next label
      is its margin. ${how}
    </figcaption>
    !${stage(turf, picture)}
    <div>
      <output class="readout" aria-live="polite">${how}</output>
      !${ownersTable(turf)}
    </div>
    <script type="application/json">
      !${dataOf(turf)}
    </script>
  </figure>`
}

const how = 'Move over the picture, or focus it and use the arrow keys (with Shift: further).'

function stage({ input, width, height }: TurfFacts, picture: string): string {
  const cursor = '<rect class="cursor" width="1" height="1" visibility="hidden" />'
  const label = `Turf of ${input}: arrow keys move the cursor`
  return html`<div class="stage" tabindex="0" role="application" aria-label="${label}">
    !${picture}
    <svg class="over" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
      !${cursor}!${cursor}
    </svg>
  </div>`
}

const shown = 12

/** The largest owners by name and share, the others together, and nobody. */
function ownersTable({ input, owners }: TurfFacts): string {
  const named = owners.slice(0, shown).map(({ label, name, share, color }) => {
    const title = html`<span class="swatch" style="background:${color}"></span>${name ?? `label ${label}`}`
    return html`<tr>
      <th scope="row">!${title}</th>
      !${percent(share)}
    </tr>`
  })
  const rest = owners.slice(shown)
  const others = rest.length === 0 ? [] : [row(`${rest.length} others`, [percent(sum(rest))])]
  return dataTable({
    label: `Owners of ${input}`,
    caption: html`Owners of ${input}`,
    head: [headCell('Label'), headCell('Owns', 'number')],
    bodies: [[...named, ...others, row('nobody', [percent(Math.max(0, 1 - sum(owners)))])]]
  })
}

function percent(share: number): string {
  return cell(`${(100 * share).toFixed(1)} %`, 'number')
}

/** What the script reads. No `<` is left in it, so that nothing ends the element early. */
function dataOf({ width, height, owners, owner, value, margin, ranked, ranking, names }: TurfFacts): string {
  const shortOwners = owners.map(({ label, name }) => ({ name: name ?? names?.[label] ?? `label ${label}` }))
  const data = { width, height, ranked, owners: shortOwners, names: names ?? {}, owner, value, margin, ranking }
  return JSON.stringify(data).replaceAll('<', '\\u003c')
}

function sum(owners: TurfFacts['owners']): number {
  return owners.reduce((total, { share }) => total + share, 0)
}
