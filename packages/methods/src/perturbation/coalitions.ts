import type { Random } from '@agon/core'
import type { Coalitions } from './surrogate.js'

/** Which coalitions Kernel SHAP looks at. */
interface Plan {
  /** All coalitions of 1 .. `complete` segments, and all their complements. */
  readonly complete: number
  /** How many these are. */
  readonly enumerated: number
  /** Pairs that are drawn from the other sizes. */
  readonly pairs: number
}

/** In how many ways all coalitions of a size and their complements can be chosen, and their weight together. */
function sizeClass(segments: number, size: number): { readonly ways: number; readonly weight: number } {
  const sides = 2 * size === segments ? 1 : 2
  return { ways: sides * choose(segments, size), weight: sides * kernelOf(segments, size) }
}

/** The Shapley kernel of all coalitions of a size together: (M - 1) / (s (M - s)). */
function kernelOf(segments: number, size: number): number {
  return (segments - 1) / (size * (segments - size))
}

/**
 * From the smallest and largest coalitions on, a size is looked at completely if its share of the samples allows, as in the authors' code; the first one, without which the
 * values may stay open, also if at least a pair is left for the others.
 */
function planOf(segments: number, samples: number): Plan {
  const sizes = Array.from({ length: Math.floor(segments / 2) }, (_, i) => sizeClass(segments, i + 1))
  let [left, weight] = [samples, sizes.reduce((sum, own) => sum + own.weight, 0)]
  let complete = 0
  for (const own of sizes) {
    const least =
      complete === sizes.length - 1 ? own.ways : complete === 0 ? own.ways + 2 : (own.ways * weight) / own.weight
    if (left < least) break
    left -= own.ways
    weight -= own.weight
    complete++
  }
  const pairs = complete === sizes.length ? 0 : Math.floor(left / 2)
  return { complete, enumerated: samples - left, pairs }
}

/** Fewest samples of Kernel SHAP: all coalitions, or those of single segments, their complements and a pair. */
export function fewestCoalitions(segments: number): number {
  return Math.min(2 ** segments - 2, 2 * segments + 2)
}

/** How many coalitions Kernel SHAP looks at. */
export function coalitionCount(segments: number, samples: number): number {
  const { enumerated, pairs } = planOf(segments, samples)
  return enumerated + 2 * pairs
}

/**
 * The coalitions of Kernel SHAP, but for the empty and the full one. Sizes s and M - s are looked at completely as far as the samples allow, and every coalition of theirs
 * weighs what the Shapley kernel says, (M - 1) / (C(M, s) s (M - s)). The weight of the other sizes is shared by pairs of a coalition and its complement: the
 * size is drawn in proportion to (M - 1) / (s (M - s)), its members uniformly. Pair j is drawn from the stream `randomOf(j)`.
 */
export function shapleyCoalitions(segments: number, samples: number, randomOf: (pair: number) => Random): Coalitions {
  const { complete, enumerated, pairs } = planOf(segments, samples)
  const on = new Uint8Array((enumerated + 2 * pairs) * segments)
  const weights = new Float64Array(enumerated + 2 * pairs)
  let count = 0
  const add = (members: readonly number[], isIn: 0 | 1, weight: number): void => {
    on.fill(1 - isIn, count * segments, (count + 1) * segments)
    members.forEach((member) => (on[count * segments + member] = isIn))
    weights[count++] = weight
  }
  for (let size = 1; size <= complete; size++) {
    const each = kernelOf(segments, size) / choose(segments, size)
    for (const members of combinations(segments, size)) {
      add(members, 1, each)
      if (2 * size < segments) add(members, 0, each)
    }
  }
  const odds = Float64Array.from({ length: Math.max(0, segments - 1 - 2 * complete) }, (_, i) =>
    kernelOf(segments, complete + 1 + i)
  )
  const total = odds.reduce((sum, value) => sum + value, 0)
  for (let pair = 0; pair < pairs; pair++) {
    const random = randomOf(pair)
    const size = complete + 1 + drawn(odds, total * random.uniform())
    const members = random.permutation(segments).slice(0, size)
    add(members, 1, total / (2 * pairs))
    add(members, 0, total / (2 * pairs))
  }
  return { segments, on, weights }
}

/** All choices of `size` among 0 .. count - 1. */
function* combinations(count: number, size: number, from = 0): Generator<readonly number[]> {
  if (size === 0) return yield []
  for (let first = from; first <= count - size; first++) {
    for (const rest of combinations(count, size - 1, first + 1)) yield [first, ...rest]
  }
}

/** n over k. */
function choose(n: number, k: number): number {
  let ways = 1
  for (let i = 1; i <= k; i++) ways = (ways * (n - k + i)) / i
  return ways
}

/** The first place up to which the odds add up to more than `at`. */
function drawn(odds: Float64Array, at: number): number {
  let [place, sum] = [0, odds[0]!]
  while (sum <= at && place < odds.length - 1) sum += odds[++place]!
  return place
}

/**
 * The samples of LIME: the example itself first, then copies in which every segment is on with odds of one half, sample k drawn from the stream `randomOf(k)`. With d the
 * cosine distance of a sample's switches from all on, 1 - sqrt(on / M), it weighs exp(-d^2 / width^2).
 */
export function limeCoalitions(
  segments: number,
  samples: number,
  width: number,
  randomOf: (k: number) => Random
): Coalitions {
  const on = new Uint8Array(samples * segments)
  const weights = new Float64Array(samples)
  for (let k = 0; k < samples; k++) {
    const random = randomOf(k)
    let size = 0
    for (let at = k * segments; at < (k + 1) * segments; at++) {
      on[at] = k === 0 ? 1 : random.integer(2)
      size += on[at]!
    }
    weights[k] = Math.exp(-(((1 - Math.sqrt(size / segments)) / width) ** 2))
  }
  return { segments, on, weights }
}
