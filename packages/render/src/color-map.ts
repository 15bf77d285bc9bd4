import { distance, fromOklab, toOklab, type Oklab, type Rgb } from './oklab.js'

/** A table of colours from one end to the other. A diverging one has its neutral colour exactly in the middle. */
export interface ColorMap {
  readonly name: string
  readonly kind: 'diverging' | 'sequential'
  readonly colors: readonly Rgb[]
}

/** Lightness and chroma of both arms of the diverging map, from neutral to the ends; only the hue tells them apart. */
const arm: readonly (readonly [L: number, chroma: number])[] = [
  [0.97, 0],
  [0.9, 0.045],
  [0.8, 0.105],
  [0.7, 0.16],
  [0.6, 0.175],
  [0.5, 0.148],
  [0.43, 0.128]
]

const blueHue = 255
const vermillionHue = 45

/**
 * Signed values: blue for negative, near-white for 0, vermillion for positive. Blue against orange stays apart in every
 * common colour vision deficiency; equal |values| have equal lightness and chroma. Steps are equal in OKLab.
 */
export const diverging: ColorMap = {
  name: 'blue-white-vermillion',
  kind: 'diverging',
  colors: [...armColors(blueHue).toReversed(), ...armColors(vermillionHue).slice(1)]
}

/**
 * Magnitudes: dark purple for 0 to yellow. Five colours of viridis (S. van der Walt & N. Smith, matplotlib 2015, CC0),
 * joined by straight lines in OKLab with equal steps.
 */
export const sequential: ColorMap = {
  name: 'viridis',
  kind: 'sequential',
  colors: evenSteps(['#440154', '#3b528b', '#21918c', '#5ec962', '#fde725'].map(fromHex).map(toOklab), 256)
}

/** The colour at t: -1 .. 1 on a diverging map, 0 .. 1 on a sequential one; beyond that the end's colour. */
export function colorAt({ kind, colors }: ColorMap, t: number): Rgb {
  const share = kind === 'diverging' ? (t + 1) / 2 : t
  return colors[Math.round(Math.min(1, Math.max(0, share)) * (colors.length - 1))]!
}

/** `'#e69f00'` as bytes. */
export function fromHex(hex: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb
}

function armColors(hue: number): Rgb[] {
  const [x, y] = [Math.cos((hue * Math.PI) / 180), Math.sin((hue * Math.PI) / 180)]
  return evenSteps(
    arm.map(([L, chroma]): Oklab => [L, chroma * x, chroma * y]),
    129
  )
}

/** `count` colours at equal distances along the straight lines between the control points. */
function evenSteps(points: readonly Oklab[], count: number): Rgb[] {
  const lengths = points.slice(1).map((point, k) => distance(points[k]!, point))
  const total = lengths.reduce((sum, length) => sum + length, 0)
  return Array.from({ length: count }, (_, step) => {
    let left = (total * step) / (count - 1)
    let k = 0
    while (k < lengths.length - 1 && left > lengths[k]!) left -= lengths[k++]!
    const share = Math.min(1, left / lengths[k]!)
    const [p, q] = [points[k]!, points[k + 1]!]
    return fromOklab([0, 1, 2].map((c) => p[c]! + (q[c]! - p[c]!) * share) as unknown as Oklab)
  })
}
