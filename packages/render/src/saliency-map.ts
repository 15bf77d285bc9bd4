import {
  AgonError,
  assertChoice,
  assertFinite,
  clipScale,
  example,
  formatShape,
  resolveOptions,
  sumAxis,
  type Tensor
} from '@agon/core'

/** How the channels of a pixel become one value. Only `sum` keeps the sign. */
export type Reduce = 'sum' | 'abs-sum' | 'max-abs' | 'l2'

/** The displayable reduction of an attribution: one value a pixel, and the value at which colours saturate. */
export interface SaliencyMap {
  readonly width: number
  readonly height: number
  /** Row by row from the top, not scaled. */
  readonly values: Float32Array
  readonly reduce: Reduce
  readonly signed: boolean
  /** |value| that gets the strongest colour; 0 if the map is all 0. Same units as the attribution. */
  readonly scale: number
  /** Where the scale comes from, in words. */
  readonly scaleFrom: string
}

export interface SaliencyMapOptions {
  /** Default `'sum'`. */
  readonly reduce: Reduce
  /** The scale is this percentile of |value| over the pixels that are not 0. Default 99. */
  readonly percentile: number
}

const reducers: Readonly<Record<Exclude<Reduce, 'sum'>, (sum: number, value: number) => number>> = {
  'abs-sum': (sum, value) => sum + Math.abs(value),
  'max-abs': (most, value) => Math.max(most, Math.abs(value)),
  l2: (sum, value) => sum + value * value
}

/**
 * The saliency map of example n of an attribution `[N,C,H,W]` (C = 1 after a contest of pixels) or `[N,H,W]`. `sum` adds in
 * the order that the contest of pixels adds, so that owners and values agree bit for bit. Zeros do not count for the
 * percentile: a competitive map is mostly 0. Throws AGON_BAD_INPUT (shape), AGON_BAD_OPTION, AGON_NOT_FINITE.
 */
export function saliencyMap(attribution: Tensor, n = 0, given?: Partial<SaliencyMapOptions>): SaliencyMap {
  const defaults: SaliencyMapOptions = { reduce: 'sum', percentile: 99 }
  const { reduce, percentile } = resolveOptions('saliencyMap', defaults, given)
  assertChoice('reduce of saliencyMap', reduce, ['sum', ...Object.keys(reducers)])
  const one = pictureOf(attribution, n)
  assertFinite('attribution', one)
  const values = reduce === 'sum' ? sumAxis(one, 1).data : reduced(one, reduce)
  const [, , height, width] = one.shape as [number, number, number, number]
  const scaleFrom = `${ordinal(percentile)} percentile of |values| that are not 0`
  return { width, height, values, reduce, signed: reduce === 'sum', scale: clipScale(values, percentile), scaleFrom }
}

/** The same map on another scale, so that maps can be compared. Throws AGON_BAD_OPTION unless it is finite and >= 0. */
export function withScale(map: SaliencyMap, scale: number, scaleFrom = 'given scale'): SaliencyMap {
  if (Number.isFinite(scale) && scale >= 0) return { ...map, scale, scaleFrom }
  throw new AgonError('AGON_BAD_OPTION', { what: 'scale of a map', expected: 'a number >= 0', found: String(scale) })
}

/** The maps on their largest scale: equal colours then mean equal values. */
export function onCommonScale(maps: readonly SaliencyMap[]): SaliencyMap[] {
  const scale = Math.max(0, ...maps.map((map) => map.scale))
  return maps.map((map) => withScale(map, scale, `largest scale of ${maps.length} maps`))
}

/** Example n as `[1,C,H,W]`. */
function pictureOf(attribution: Tensor, n: number): Tensor {
  const { shape } = attribution
  if ((shape.length !== 3 && shape.length !== 4) || shape.includes(0)) {
    throw new AgonError('AGON_BAD_INPUT', {
      what: `attribution ${formatShape(shape)}`,
      expected: 'a picture [N,C,H,W] or [N,H,W]',
      found: `rank ${shape.length}`
    })
  }
  if (!Number.isInteger(n) || n < 0 || n >= shape[0]!) {
    throw new AgonError('AGON_BAD_INPUT', { what: 'example', expected: `0 to ${shape[0]! - 1}`, found: String(n) })
  }
  const { data } = example(attribution, n)
  return { shape: shape.length === 4 ? [1, ...shape.slice(1)] : [1, 1, ...shape.slice(1)], data }
}

function reduced({ shape, data }: Tensor, reduce: Exclude<Reduce, 'sum'>): Float32Array {
  const pixels = shape[2]! * shape[3]!
  const values = new Float32Array(pixels)
  for (let p = 0; p < pixels; p++) {
    let value = 0
    for (let at = p; at < data.length; at += pixels) value = reducers[reduce](value, data[at]!)
    values[p] = reduce === 'l2' ? Math.sqrt(value) : value
  }
  return values
}

function ordinal(value: number): string {
  const suffix =
    Number.isInteger(value) && ![11, 12, 13].includes(value % 100) ? ['th', 'st', 'nd', 'rd'][value % 10] : ''
  return `${value}${suffix || 'th'}`
}
