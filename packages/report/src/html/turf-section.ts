import { html } from 'ghtml'
import type { TurfFacts } from '../report.js'
import type { PageFacts } from './page-facts.js'

const side = 448

/** Who owns which pixel: the picture, what is under pointer or cursor, and the largest owners as a table. */
export function turfSection({ report, pictures }: PageFacts): string {
  return report.turfs
    .map((turf) => turfFigure(turf, pictures.show(turf.picture, side, `Turf of ${turf.input}`)))
    .join('')
}

const shown = 12

function turfFigure(turf: TurfFacts, picture: string): string {
  const { input, base, width, height, owners } = turf
  const caption = html`<figcaption>
    <b>${input}</b>: the label with the strictly largest positive ${base} owns a pixel; its lead over the next label is
    its margin. Move over the picture, or focus it and use the arrow keys (with Shift: further).
  </figcaption>`
  const stage = html`<div
    class="stage"
    tabindex="0"
    role="application"
    aria-label="Turf of ${input}: arrow keys move the cursor"
  >
    !${picture}<svg class="over" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" aria-hidden="true">
      <rect class="cursor" width="1" height="1" visibility="hidden" />
      <rect class="cursor" width="1" height="1" visibility="hidden" />
    </svg>
  </div>`
  const rows = owners.slice(0, shown).map(
    ({ label, name, share, color }) =>
      html`<tr>
        <th scope="row"><span class="swatch" style="background:${color}"></span>${name ?? `label ${label}`}</th>
        <td class="number">${(100 * share).toFixed(1)} %</td>
      </tr>`
  )
  const rest =
    owners.length > shown
      ? html`<tr>
          <th scope="row">${owners.length - shown} others</th>
          <td class="number">${(100 * sum(owners.slice(shown))).toFixed(1)} %</td>
        </tr>`
      : ''
  const free = html`<tr>
    <th scope="row">nobody</th>
    <td class="number">${(100 * Math.max(0, 1 - sum(owners))).toFixed(1)} %</td>
  </tr>`
  const table = html`<table>
    <caption class="hidden">
      Owners of ${input}
    </caption>
    <thead>
      <tr>
        <th scope="col">Label</th>
        <th scope="col" class="number">Owns</th>
      </tr>
    </thead>
    <tbody>
      !${rows}!${rest}!${free}
    </tbody>
  </table>`
  return html`<figure class="turf">
    !${caption}!${stage}
    <div>
      <output class="readout" aria-live="polite">Move over the picture, or focus it and use the arrow keys.</output
      >!${table}
    </div>
    <script type="application/json">
      !${dataOf(turf)}
    </script>
  </figure>`
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
