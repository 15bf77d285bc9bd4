import { assertChoice, assertWhole, rowsOf } from '@agon/core'
import { copyPixels, pixelDefaults, scoredPixels, type PixelOptions, type Pixels } from '../maps/pixels.js'
import { readCopies, type Copies, type Perturbed } from './copies.js'
import { cutAt, evenEnds, ranking } from './ranking.js'
import { assertReading, type Reading } from './reading.js'
import { assertReplacement, replacementsOf, type Replacement } from './replacement.js'

/** Readings while more and more of an example is changed. */
export interface Curve {
  /** Of its pixels that are changed, ascending from 0. */
  readonly shares: readonly number[]
  readonly values: readonly number[]
}

/** Which pixels come first: those of the largest scores, or of the smallest. */
export type Order = 'most' | 'least'

export interface CurveOptions extends PixelOptions {
  /** In how many steps of nearly the same number of pixels, at most one for each pixel. */
  readonly steps: number
  /** What is read: the explained label's `'probability'` or `'logit'`, or whether it is on top (`'label'`). */
  readonly of: Reading
  readonly order: Order
  /** What takes the place of pixels. Default: the baseline of the call, else what the metric says. */
  readonly baseline: Replacement | undefined
}

export const curveDefaults: CurveOptions = {
  ...pixelDefaults,
  steps: 100,
  of: 'probability',
  order: 'most',
  baseline: undefined
}

/** Throws AGON_BAD_OPTION for values that make no sense. */
export function assertCurve(name: string, { by, granularity, steps, of, order, baseline }: CurveOptions): void {
  assertPixels(name, { by, granularity })
  assertWhole(`option 'steps' of ${name}`, steps, 1, 1_000_000)
  assertReading(name, of)
  assertChoice(`option 'order' of ${name}`, order, ['most', 'least'])
  assertReplacement(name, baseline)
}

/** Throws AGON_BAD_OPTION for an unknown choice. */
export function assertPixels(name: string, { by, granularity }: Pick<PixelOptions, 'by' | 'granularity'>): void {
  assertChoice(`option 'by' of ${name}`, by, ['signed', 'absolute'])
  assertChoice(`option 'granularity' of ${name}`, granularity, ['pixel', 'element'])
}

/** Example n's pixels in the order of their scores; equal ones in an order of stream ('ties', n). */
export function ordersOf({ random }: Perturbed, scores: readonly Float32Array[], order: Order): number[][] {
  return scores.map((row, n) => {
    const ranked = ranking(row, random.fork('ties', n))
    return order === 'most' ? ranked : ranked.reverse()
  })
}

/** Copy k shows the first k groups of pixels as in `to`, all others as in `from`. */
export function progressive(
  pixels: Pixels,
  groups: readonly (readonly number[])[],
  from: Float32Array,
  to: Float32Array
): Copies {
  return {
    count: groups.length + 1,
    write(k, into) {
      into.set(from)
      for (let g = 0; g < k; g++) copyPixels(pixels, groups[g]!, to, into)
    }
  }
}

/**
 * Deletion: readings while the pixels ranked first are replaced by the baseline, one curve for every example, `steps` + 1 points each. Without a
 * baseline of the option or the call it is zero.
 */
export function deletionCurves(context: Perturbed, options: Partial<CurveOptions> = {}): Promise<Curve[]> {
  return curves(context, { ...curveDefaults, ...options }, 0, (x, replaced) => [x, replaced])
}

/**
 * Insertion: readings while the pixels ranked first are put into the baseline. Without a baseline of the option or the call it is the blurred
 * picture, zero for anything but pictures.
 */
export function insertionCurves(context: Perturbed, options: Partial<CurveOptions> = {}): Promise<Curve[]> {
  const fallback = context.input.shape.length === 4 ? 'blur' : 0
  return curves(context, { ...curveDefaults, ...options }, fallback, (x, replaced) => [replaced, x])
}

async function curves(
  context: Perturbed,
  options: CurveOptions,
  fallback: Replacement,
  ends: (x: Float32Array, replaced: Float32Array) => [from: Float32Array, to: Float32Array]
): Promise<Curve[]> {
  const { pixels, scores, channelAxis } = scoredPixels(context, options)
  const places = evenEnds(pixels.count, options.steps)
  const replaced = replacementsOf(context, options.baseline, { channelAxis, fallback })
  const inputs = rowsOf(context.input)
  const copies = ordersOf(context, scores, options.order).map((order, n) =>
    progressive(pixels, cutAt(order, places), ...ends(inputs[n]!, replaced[n]!))
  )
  const shares = [0, ...places.map((end) => end / pixels.count)]
  return (await readCopies(context, copies, options.of)).map((values) => ({ shares, values }))
}

/** By the trapezoidal rule, so that a constant curve has its own value. */
export function areaUnder({ shares, values }: Curve): number {
  let area = 0
  for (let i = 1; i < shares.length; i++) area += ((shares[i]! - shares[i - 1]!) * (values[i]! + values[i - 1]!)) / 2
  return area
}
