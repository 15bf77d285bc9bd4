import { assertChoice, assertWhole, sizeOf, summedAxis, type Granularity } from '@agon/core'

/** What is perturbed at once. */
export interface UnitOptions {
  /** `'pixel'`: all channels of a position alike; `'element'`: every value on its own. */
  readonly granularity: Granularity
  /** Needed for pixels of inputs that are neither pictures `[N, C, H, W]` nor rows `[N, F]`. */
  readonly channelAxis: number | undefined
}

/** The elements of an example in units: `of[i]` is the unit of element i. */
export interface Units {
  readonly count: number
  readonly of: Int32Array
}

/** Throws AGON_BAD_OPTION. */
export function assertUnits(option: (name: string) => string, { granularity, channelAxis }: UnitOptions): void {
  assertChoice(option('granularity'), granularity, ['pixel', 'element'])
  if (channelAxis !== undefined) assertWhole(option('channelAxis'), channelAxis, 1, 100)
}

/** The units of an input `[N, ...]`. Throws AGON_BAD_OPTION for pixels of an input whose channels are not known. */
export function unitsOf(shape: readonly number[], { granularity, channelAxis }: UnitOptions): Units {
  const axis = summedAxis(shape, granularity, channelAxis)
  return unitsAlong(
    shape.slice(1),
    shape.slice(1).map((extent, at) => (at + 1 === axis ? 1 : extent))
  )
}

/** The elements of an example of shape `from`, in units of shape `to`, whose extents are the same or 1. */
export function unitsAlong(from: readonly number[], to: readonly number[]): Units {
  const of = new Int32Array(sizeOf(from))
  let inner = 1
  let step = 1
  for (let axis = from.length - 1; axis >= 0; axis--) {
    const extent = from[axis]!
    if (to[axis] !== 1) for (let i = 0; i < of.length; i++) of[i] = of[i]! + step * (Math.floor(i / inner) % extent)
    inner *= extent
    step *= to[axis]!
  }
  return { count: step, of }
}
