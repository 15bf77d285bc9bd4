import { html } from 'ghtml'
import { formatShort } from '../format-number.js'
import type { Cell, ReportCheck, ReportInput, ReportMethod } from '../report.js'
import type { PageFacts } from './page-facts.js'
import { scrolling } from './words.js'

/** Up to how many steps all inputs stand side by side in one figure. */
const few = 2
/** From how many steps on their names are set upright. */
const many = 9

/** The figure of the papers: rows are methods and controls, columns the steps, one block per input. Empty if no cell has a picture. */
export function cascadeFigure(facts: PageFacts, check: ReportCheck): string {
  const cells = facts.report.cells.filter((cell) => cell.check === check.name && cell.picture !== undefined)
  const inputs = facts.report.inputs.filter(({ name }) => cells.some(({ input }) => input === name))
  if (inputs.length === 0) return ''
  const blocks = check.steps.length <= few ? [inputs] : inputs.map((input) => [input])
  return html`<h3>Maps, step by step</h3>
    !${blocks.map((block) => figure({ facts, check, cells, inputs: block }))}`
}

interface Block {
  readonly facts: PageFacts
  readonly check: ReportCheck
  readonly cells: readonly Cell[]
  readonly inputs: readonly ReportInput[]
}

function figure(block: Block): string {
  const { facts, check, inputs } = block
  const [first] = inputs
  const subject = inputs.length === 1 ? html`<b>${first!.name}</b>, ${labelOf(first!)}` : html`<b>All inputs</b>`
  const caption = html`<caption>
    !${subject}. Maps of the first draw; below each its ${check.criterion.figure} with the map of the unchanged model.
  </caption>`
  const bodies = (['method', 'control'] as const).map((role) => {
    const rows = facts.report.methods.filter((method) => method.role === role).map((method) => row(block, method))
    return html`<tbody>
      !${rows}
    </tbody>`
  })
  const table = html`<table
    class="cascade"
    style="--cell:${facts.thumbnail}px;--columns:${inputs.length * (check.steps.length + 1)}"
  >
    !${caption}
    <thead>
      !${heads(block)}
    </thead>
    !${bodies}
  </table>`
  return scrolling(`Maps of ${check.name}, ${inputs.map(({ name }) => name).join(', ')}`, table)
}

/** Photographs above the steps: of a single input beside them, else of each over its own. */
function heads({ facts, check, inputs }: Block): string {
  const { thumbnail, pictures } = facts
  const photograph = ({ picture, name }: ReportInput): string =>
    picture === undefined ? '' : pictures.show(picture, thumbnail, `Input ${name}`)
  const names = ['unchanged', ...check.steps.map(({ name }) => name)]
  const step = (name: string): string =>
    html`<th scope="col">!${names.length > many ? html`<span class="long">${name}</span>` : html`${name}`}</th>`
  if (inputs.length === 1) {
    return html`<tr>
      <td class="photograph">!${photograph(inputs[0]!)}</td>
      !${names.map(step)}
    </tr>`
  }
  const over = inputs.map(
    (input) =>
      html`<th scope="colgroup" colspan="${names.length}">
        <div class="photograph">!${photograph(input)}</div>
        ${input.name}
      </th>`
  )
  return html`<tr>
      <td></td>
      !${over}
    </tr>
    <tr>
      <td></td>
      !${inputs.flatMap(() => names.map(step))}
    </tr>`
}

function row(block: Block, { name, role }: ReportMethod): string {
  const { facts, check, cells, inputs } = block
  const shown = inputs.flatMap((input) => {
    const base = facts.report.maps.find((map) => map.method === name && map.input === input.name)
    const alt = `Map by ${name} of ${input.name}, unchanged`
    const own = cells.filter((cell) => cell.method === name && cell.input === input.name)
    return [
      html`<td>!${base ? facts.pictures.show(base.picture, facts.thumbnail, alt) : none}</td>`,
      ...check.steps.map((step, k) =>
        stepCell(
          block,
          step.name,
          own.find((cell) => cell.step === k + 1)
        )
      )
    ]
  })
  return html`<tr>
    <th scope="row" class="${role}">${name}</th>
    !${shown}
  </tr>`
}

const none = '<span class="empty">none</span>'

function stepCell({ facts, check }: Block, step: string, cell: Cell | undefined): string {
  if (!cell) return html`<td>!${none}</td>`
  const value = cell.figures[check.criterion.figure]
  const shown = facts.pictures.show(cell.picture!, facts.thumbnail, `Map by ${cell.method} at ${step}`)
  return html`<td>!${shown}${value === undefined ? '' : formatShort(value)}</td>`
}

function labelOf({ targetName, target }: ReportInput): string {
  return targetName ?? `label ${target}`
}
