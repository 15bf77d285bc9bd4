import { AgonError, rowsOf, type MetricContext } from '@agon/core'

/** How far normal noise goes. */
export interface NoiseOptions {
  /** Standard deviation as a share of an example's range, its maximum - its minimum. */
  readonly noise: number
  /** Standard deviation in units of the input, in place of `noise`. */
  readonly sigma: number | undefined
}

/** Throws AGON_BAD_OPTION unless both are numbers > 0, `sigma` where it is given. */
export function assertNoise(option: (name: string) => string, { noise, sigma }: NoiseOptions): void {
  assertPositive(option('noise'), noise)
  if (sigma !== undefined) assertPositive(option('sigma'), sigma)
}

/** Throws AGON_BAD_OPTION unless the value is a number > 0. */
export function assertPositive(what: string, value: number): void {
  if (Number.isFinite(value) && value > 0) return
  throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a number > 0', found: String(value) })
}

/** Maximum - minimum of every example. */
export function rangesOf({ input }: Pick<MetricContext, 'input'>): readonly number[] {
  return rowsOf(input).map((x) => {
    let [least, most] = [Infinity, -Infinity]
    for (const value of x) {
      least = Math.min(least, value)
      most = Math.max(most, value)
    }
    return most - least
  })
}

/** What to say of an example without a range. */
export function rangeNote(range: number, inUnits: string): string | undefined {
  if (range > 0) return undefined
  return `All values of the example are equal, so a share of its range is nothing: it was not perturbed. Give ${inUnits} instead.`
}
