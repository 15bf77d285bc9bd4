import { sizeOf } from '../tensor.js'
import type { Fold } from './fold.js'

/**
 * What every contender's share of an element follows from, `[N, ...map]` each: with scores h_c(i) and the temperature T of the example
 *
 *     above(i) = sum over c with h_c(i) > 0 of exp((h_c(i) - max over c of h_c(i)) / T)
 *     below(i) = sum over c with h_c(i) < 0 of exp((min over c of h_c(i) - h_c(i)) / T)
 *
 * 0 where no score has the sign.
 */
export interface SoftShares {
  /** T of every example, in the units of the scores. */
  readonly temperature: readonly number[]
  readonly above: Float64Array
  readonly below: Float64Array
}

/**
 * A fold that also keeps the running sums of `SoftShares`: a sum is scaled down whenever a larger score comes, so that no exponent
 * is ever positive and memory does not grow with the number of labels. T = 0 is the limit: only the largest scores count.
 */
export function softFold(inner: Fold, shape: readonly number[], temperature: readonly number[]): Fold {
  const total = sizeOf(shape)
  const size = total / shape[0]!
  const [most, least] = [new Float32Array(total), new Float32Array(total)]
  const [above, below] = [new Float64Array(total), new Float64Array(total)]
  return {
    add(n, label, map) {
      inner.add(n, label, map)
      for (let i = 0, at = n * size; i < size; i++, at++) {
        const value = map[i]!
        if (value > 0) join(most, above, at, value, temperature[n]!)
        else if (value < 0) join(least, below, at, -value, temperature[n]!)
      }
    },
    finish: () => ({ ...inner.finish(), shares: { temperature, above, below } })
  }
}

/** Adds exp(value / T) to a sum that is held over exp(largest / T). */
function join(largest: Float32Array, sum: Float64Array, at: number, value: number, temperature: number): void {
  const before = largest[at]!
  if (value > before) {
    sum[at] = sum[at]! * weight(before, value, temperature) + 1
    largest[at] = value
  } else sum[at] = sum[at]! + weight(value, before, temperature)
}

/** exp((value - largest) / T), for value <= largest; at T = 0 its limit. */
export function weight(value: number, largest: number, temperature: number): number {
  return value === largest ? 1 : Math.exp((value - largest) / temperature)
}
