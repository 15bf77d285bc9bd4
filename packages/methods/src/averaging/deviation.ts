import { AgonError, rowsOf, type MethodContext } from '@agon/core'

/** How far normal noise goes. */
export interface Deviation {
  /** Standard deviation as a share of an example's range, its maximum - its minimum. */
  readonly noise: number
  /** Standard deviation in units of the input, in place of `noise`. */
  readonly sigma: number | undefined
}

/** The standard deviation of every example's noise; of a constant example it is said that nothing can be a share of its range. */
export function sigmasOf(context: MethodContext, { noise, sigma }: Deviation): readonly number[] {
  return rowsOf(context.input).map((x, n) => sigma ?? (noise === 0 ? 0 : noise * rangeOf(x, n, context)))
}

/** Adds normal noise of sample k to example n, in place; from stream ('noise', n, k) of the seed. */
export function writeNoisy(
  { random }: MethodContext,
  [n, k]: readonly [number, number],
  x: Float32Array,
  sigma: number,
  into: Float32Array
): void {
  random.fork('noise', n, k).normals(into)
  for (let i = 0; i < into.length; i++) into[i] = x[i]! + sigma * into[i]!
}

function rangeOf(x: Float32Array, n: number, { note }: MethodContext): number {
  let [least, most] = [Infinity, -Infinity]
  for (const value of x) {
    least = Math.min(least, value)
    most = Math.max(most, value)
  }
  if (least === most) {
    note({
      code: 'no-noise',
      message: `All values of example ${n} are equal, so noise that is a share of its range is none; give sigma instead.`
    })
  }
  return most - least
}

/** Throws AGON_BAD_OPTION unless both are numbers >= 0, `sigma` where it is given. */
export function assertDeviation(option: (name: string) => string, { noise, sigma }: Deviation): void {
  assertNotNegative(option('noise'), noise)
  if (sigma !== undefined) assertNotNegative(option('sigma'), sigma)
}

function assertNotNegative(what: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return
  throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a number >= 0', found: String(value) })
}
