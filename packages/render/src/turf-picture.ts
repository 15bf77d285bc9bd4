import { AgonError, assertChoice, clipScale, formatShape, resolveOptions, territories, type Turf } from '@agon/core'
import type { LegendEntry } from './legend.js'
import type { Rgb } from './oklab.js'
import { assertAlpha, backdrop } from './overlay.js'
import { nobodyColor, othersColor, palette } from './palette.js'
import { blend, createRgba, nearest, type Rgba, type RgbPicture } from './rgba.js'

export interface TurfPictureOptions {
  /** The photograph to lay the territories over, in grey. Default: none, and pixels that nobody owns are black. */
  readonly picture: Rgba | RgbPicture | undefined
  /** How many labels get a colour of their own: those that own most. Default and most: 8. */
  readonly top: number
  /** Example of the batch. Default 0. */
  readonly example: number
  /** Opacity of the territories over a photograph, 0 .. 1. Default 0.65. */
  readonly alpha: number
  /**
   * `'margin'`: a territory fades where its owner won narrowly: strength 0.25 + 0.75 min(1, margin / the 99th percentile of the
   * margins). Default `'none'`.
   */
  readonly shade: 'none' | 'margin'
}

export interface TurfPicture {
  /** The size of the photograph, or of the map. */
  readonly picture: Rgba
  /** The labels with colours, largest share first, then the others together, then nobody; shares in per cent of the pixels. */
  readonly entries: readonly LegendEntry[]
}

/**
 * Which label owns which pixel. `names` are the model's label names, index = logit. Throws AGON_BAD_INPUT unless the turf
 * is of pixels (`[N,1,H,W]` or `[N,H,W]`), AGON_BAD_OPTION for wrong options.
 */
export function turfPicture(
  turf: Turf,
  names: readonly string[] | undefined,
  given?: Partial<TurfPictureOptions>
): TurfPicture {
  const options = checkedOptions(turf, given)
  const owners = territories(turf, options.example)
  const own = owners.slice(0, options.top)
  const colors = new Map(own.map(({ label }, rank) => [label, palette[rank]!]))
  const rest = owners.slice(options.top)
  const free = 1 - owners.reduce((sum, { share }) => sum + share, 0)
  const nobody = options.picture ? 'nobody (photograph)' : 'nobody'
  const entries: LegendEntry[] = [
    ...own.map(({ label, share }) => entry(colors.get(label)!, names?.[label] ?? `label ${label}`, share)),
    ...(rest.length === 0 ? [] : [entry(othersColor, `${rest.length} other labels`, sumOf(rest.map((t) => t.share)))]),
    ...(free < 1e-9 ? [] : [entry(options.picture ? [236, 236, 236] : nobodyColor, nobody, free)])
  ]
  return { picture: painted(turf, colors, options), entries }
}

function painted(turf: Turf, colors: ReadonlyMap<number, Rgb>, options: TurfPictureOptions): Rgba {
  const [height, width] = turf.shape.slice(-2) as [number, number]
  const first = options.example * width * height
  const margins = turf.margin.subarray(first, first + width * height)
  const widest = clipScale(margins, 99)
  const picture = options.picture ? backdrop(options.picture, true, 0.15) : createRgba(width, height, nobodyColor)
  const columns = nearest(picture.width, width)
  nearest(picture.height, height).forEach((row, y) => {
    for (let x = 0; x < picture.width; x++) {
      const p = row * width + columns[x]!
      const owner = turf.owner[first + p]!
      if (owner < 0) continue
      const won = options.shade === 'margin' && widest > 0 ? 0.25 + 0.75 * Math.min(1, margins[p]! / widest) : 1
      blend(picture, x, y, colors.get(owner) ?? othersColor, won * (options.picture ? options.alpha : 1))
    }
  })
  return picture
}

function checkedOptions(turf: Turf, given: Partial<TurfPictureOptions> | undefined): TurfPictureOptions {
  const defaults: TurfPictureOptions = {
    picture: undefined,
    top: palette.length,
    example: 0,
    alpha: 0.65,
    shade: 'none'
  }
  const options = resolveOptions('turfPicture', defaults, given)
  assertChoice('shade', options.shade, ['none', 'margin'])
  assertAlpha(options.alpha)
  assertWhole('top', options.top, palette.length)
  assertWhole('example', options.example, turf.shape[0]! - 1)
  const { shape } = turf
  if (shape.length === 3 || (shape.length === 4 && shape[1] === 1)) return options
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'turf',
    expected: 'a contest of pixels, [N,1,H,W] or [N,H,W]',
    found: formatShape(shape),
    remedy: "Run the contest with granularity 'pixel'."
  })
}

function assertWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= most) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `${name} of turfPicture`,
    expected: `a whole number in 0 .. ${most}`,
    found: String(value)
  })
}

function entry(color: Rgb, name: string, share: number): LegendEntry {
  return { color, name, figure: `${(100 * share).toFixed(1)} %` }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0)
}
