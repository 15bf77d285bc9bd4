/**
 * A similarity of two maps of one example, by which a randomization test tells how much a map changed. It takes the maps as they are: what is done
 * to them before (none, the absolute value, scaling, ...) is a normalisation that the test names beside every figure.
 */
export interface Similarity {
  readonly name: string
  /** Where it comes from: authors, year, title, identifier. */
  readonly cite: string
  /** How it is computed, in one line, as reports print it. */
  readonly formula?: string
  /** `'higher'`: the more alike, the larger (a correlation); `'lower'`: a distance. */
  readonly direction: Direction
  /** Least and largest value, which may be infinite. The best one, `range[1]` where higher is better and else `range[0]`, is that of a map and itself. */
  readonly range: readonly [least: number, most: number]
  /** Whether compare(a, b) is compare(b, a). */
  readonly symmetric: boolean
  /**
   * a and b hold the signed values of maps of this shape (of one example: `[C, H, W]`, `[T, E]`, `[F]`). Always a number in the
   * range; for constant maps, too, among them all 0. Throws AGON_BAD_INPUT for a shape that it is not made for.
   */
  compare(a: Float32Array, b: Float32Array, shape: readonly number[]): number
}

/** Which end of a scale is the good one. */
export type Direction = 'higher' | 'lower'
