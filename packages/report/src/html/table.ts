import { html } from 'ghtml'

/** A table: texts are escaped here, cells and caption are markup. */
export interface TableFacts {
  /** Said of the region that scrolls. */
  readonly label: string
  readonly caption: string
  readonly head: readonly string[]
  /** Rows in groups. */
  readonly bodies: readonly (readonly string[])[]
  readonly kind?: string
  /** What the style sheet divides the width by. */
  readonly columns?: number
}

export function dataTable({ label, caption, head, bodies, kind = '', columns }: TableFacts): string {
  return scrolling(
    label,
    html`<table!${classOf(kind)}!${columns === undefined ? '' : html` style="--columns:${columns}"`}>
      <caption>
        !${caption}
      </caption>
      <thead>
        <tr>
          !${head}
        </tr>
      </thead>
      !${bodies.map(
        (rows) =>
          html`<tbody>
            !${rows}
          </tbody>`
      )}
    </table>`
  )
}

export function headCell(text: string, kind = ''): string {
  return html`<th scope="col" !${classOf(kind)}>${text}</th>`
}

export function cell(content: string, kind = ''): string {
  return html`<td!${classOf(kind)}>!${content}</td>`
}

/** A row named by a text. */
export function row(name: string, cells: readonly string[], kind = ''): string {
  return html`<tr>
    <th scope="row" !${classOf(kind)}>${name}</th>
    !${cells}
  </tr>`
}

/** In place of a figure or a picture that is not there. */
export function empty(text: string): string {
  return html`<span class="empty">${text}</span>`
}

/** Wide things scroll sideways on their own, also by keyboard. */
export function scrolling(label: string, content: string): string {
  return html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">!${content}</div>`
}

function classOf(kind: string): string {
  return kind === '' ? '' : html` class="${kind}"`
}
