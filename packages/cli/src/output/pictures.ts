import { basename } from 'node:path'
import {
  asRgba,
  colorBar,
  competedText,
  embedded,
  heatmap,
  explanationSheet,
  legend,
  mapTitle,
  photoOf,
  photoTitle,
  rivalsText,
  rowsOf,
  saliencyMap,
  sheet,
  shownSide,
  shownWidth,
  turf,
  turfPicture,
  type Contest,
  type Explanation,
  type LoadedModel,
  type Rgba,
  type SheetColumn
} from 'agon'
import type { Explained } from '../run/explained.js'
import type { Run } from '../run/open-run.js'
import type { ReadInput } from '../run/read-inputs.js'
import { figure } from './table.js'
import type { Contested } from './turf-files.js'

/** Width of legends, pixels. */
const legendWidth = 280

/** `X.m.png`, example n: the photograph, the map, and the map over the photograph. */
export function methodSheet(run: Run, input: ReadInput, { explanation }: Explained, n: number): Rgba {
  const words = { title: heading(run, input, explanation, n), footer: footer(run, explanation, n) }
  return explanationSheet({ ...explanation, ...input }, { example: n, ...words })
}

/** `X.png`, example n: the photograph, every method's map, and who owns which pixel if labels competed. */
export function inputSheet(run: Run, input: ReadInput, results: readonly Explained[], n: number): Rgba {
  const photo = photoOf(input, n)
  const maps = results.map((result): SheetColumn => {
    const map = saliencyMap(result.explanation.attribution, n)
    return {
      title: mapTitle(result.explanation, n),
      picture: heatmap(map),
      legend: colorBar(map, shownWidth(map))
    }
  })
  const competitive = results.find(({ explanation }) => explanation.contest !== undefined)?.explanation
  const contest = competitive?.contest
  const first = results[0]!.explanation
  return sheet(
    [
      { title: photoTitle(input), picture: asRgba(photo) },
      ...maps,
      ...(contest && ofPixels(contest) ? [turfColumn(run, input, contest, n)] : [])
    ],
    { title: heading(run, input, first, n), footer: footer(run, competitive ?? first, n), minimum: shownSide }
  )
}

/** `X.turf.png`, example n: the photograph, the territories over it, and by how much each pixel was won. */
export function turfSheet(
  run: Run,
  input: ReadInput,
  { contest, logits, base }: Contested,
  n: number,
  title: string
): Rgba {
  const { shape, margin } = turf(contest)
  const rivals = competedText(contest.labels[n]!.length, rowsOf(logits)[n]!.length)
  const margins = { ...saliencyMap({ shape, data: margin }, n), signed: false }
  return sheet(
    [
      { title: photoTitle(input), picture: asRgba(photoOf(input, n)) },
      turfColumn(run, input, contest, n),
      { title: 'margin of the win', picture: heatmap(margins), legend: colorBar(margins, shownWidth(margins)) }
    ],
    { title, footer: `${rivals} over ${base.name}; ${origin(run)}`, minimum: shownSide }
  )
}

function turfColumn(run: Run, input: ReadInput, contest: Contest, n: number): SheetColumn {
  const photo = photoOf(input, n)
  const names = contest.groups?.map(({ name }) => name) ?? run.model.labels
  const { picture, entries } = turfPicture(turf(contest), names, { example: n, picture: photo })
  return {
    title: `turf: the ${contest.groups ? 'group' : 'label'} that scores highest`,
    picture,
    legend: legend(entries, legendWidth)
  }
}

function ofPixels({ shape }: Contest): boolean {
  return shape.length === 4 && shape[1] === 1
}

function heading({ model }: Run, input: ReadInput, { target, logits }: Explanation, n: number): string {
  const label = target[n]!
  const which = logits.shape[0] === 1 ? input.name : `${input.name}, example ${n}`
  return `${which}: ${model.labels?.[label] ?? `label ${label}`}, logit ${figure(rowsOf(logits)[n]![label]!)}`
}

function footer(run: Run, explanation: Explanation, n: number): string {
  return `${rivalsText(explanation, n)}${origin(run)}`
}

function origin({ model, engine, options }: Run): string {
  return `model ${modelTitle(model)}, engine ${engine}, seed ${options.seed}`
}

/** The name of an embedded model, else of the file: a graph's own name seldom says anything. */
function modelTitle({ path }: LoadedModel): string {
  return embedded.find((each) => each.path === path)?.name ?? basename(path)
}
