import { keptShare, resolveOptions, rowsOf, type Explanation } from '@agon/core'
import { asRgba, colorBar, encodePng, heatmap, overlay, saliencyMap, sheet, type Rgba } from '@agon/render'
import { competedText } from './competed-text.js'
import type { ModelExplanation } from './explain.js'
import { photoOf, photoTitle, type Drawable } from './photo.js'

export interface ExplanationSheetOptions {
  /** Example of the batch. Default 0. */
  readonly example: number
  /** Above everything. Default: none. */
  readonly title: string
  /** Below everything, in small letters. Default: none. */
  readonly footer: string
}

/** Pictures of a sheet are enlarged until their longer side is at least this, pixels: single pixels of a photograph stay visible. */
export const shownSide = 400

/** Width of a picture in a sheet, after it was enlarged by a whole factor. */
export function shownWidth({ width, height }: { readonly width: number; readonly height: number }): number {
  return width * Math.max(1, Math.ceil(shownSide / Math.max(width, height)))
}

/**
 * The photograph as the network saw it, the saliency map, and the map over the photograph, side by side. Throws
 * AGON_BAD_INPUT for an explanation of anything but pictures.
 */
export function explanationSheet(explanation: Explanation & Drawable, given?: Partial<ExplanationSheetOptions>): Rgba {
  const defaults: ExplanationSheetOptions = { example: 0, title: '', footer: '' }
  const { example, ...words } = resolveOptions('explanationSheet', defaults, given)
  const map = saliencyMap(explanation.attribution, example)
  const photo = photoOf(explanation, example)
  return sheet(
    [
      { title: photoTitle(explanation), picture: asRgba(photo) },
      { title: mapTitle(explanation, example), picture: heatmap(map), legend: colorBar(map, shownWidth(map)) },
      { title: 'laid over', picture: overlay(photo, map) }
    ],
    { ...words, minimum: shownSide }
  )
}

/** `explanationSheet` of the first example as a PNG file's bytes, headed by the label that is explained; below it who competed. */
export function explanationPng(explanation: ModelExplanation): Uint8Array {
  const label = explanation.targetName[0] ?? `label ${explanation.target[0]}`
  const footer = `${rivalsText(explanation, 0)}engine ${explanation.engine}`
  return encodePng(explanationSheet(explanation, { title: label, footer }))
}

/** `all 10 labels competed; ` for the footer of example n's sheet; nothing where no labels competed. */
export function rivalsText({ contest, contestants, logits }: Explanation, n: number): string {
  if (contest === undefined) return ''
  return `${competedText(contestants[n]!.length, rowsOf(logits)[n]!.length, contest.groups?.length)}; `
}

/** `cgi, 14.3 % kept` */
export function mapTitle({ method, attribution, contest }: Explanation, n: number): string {
  if (contest === undefined || contest.shares) return method
  return `${method}, ${(100 * keptShare(rowsOf(attribution)[n]!)).toFixed(1)} % kept`
}
