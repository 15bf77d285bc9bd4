import type { Random } from '@agon/core'
import type { Coalitions } from './surrogate.js'

/** How many coalitions Kernel SHAP looks at: all but the empty and the full one if `samples` allows, else pairs. */
export function coalitionCount(segments: number, samples: number): number {
  const all = 2 ** segments - 2
  return all <= samples ? all : 2 * Math.floor(samples / 2)
}

/**
 * The coalitions of Kernel SHAP. Where all fit, each of size s weighs what the Shapley kernel says, (M - 1) / (C(M, s) s (M - s)). Else sizes are drawn in proportion to
 * (M - 1) / (s (M - s)), members uniformly, every coalition is followed by its complement, and all weigh 1: the kernel is in the draw. Pair j is drawn from the
 * stream `randomOf(j)`.
 */
export function shapleyCoalitions(segments: number, samples: number, randomOf: (pair: number) => Random): Coalitions {
  const count = coalitionCount(segments, samples)
  const on = new Uint8Array(count * segments)
  if (2 ** segments - 2 === count) return everyCoalition(segments, on)
  const odds = Float64Array.from({ length: segments - 1 }, (_, i) => 1 / ((i + 1) * (segments - 1 - i)))
  const total = odds.reduce((sum, value) => sum + value, 0)
  for (let pair = 0; pair < count / 2; pair++) {
    const random = randomOf(pair)
    const size = drawn(odds, total * random.uniform()) + 1
    const from = 2 * pair * segments
    on.fill(1, from + segments, from + 2 * segments)
    for (const member of random.permutation(segments).slice(0, size)) {
      on[from + member] = 1
      on[from + segments + member] = 0
    }
  }
  return { segments, on, weights: new Float64Array(count).fill(1) }
}

function everyCoalition(segments: number, on: Uint8Array): Coalitions {
  const weights = new Float64Array(2 ** segments - 2)
  for (let k = 0; k < weights.length; k++) {
    let size = 0
    for (let s = 0; s < segments; s++) {
      const isOn = Math.floor((k + 1) / 2 ** s) % 2
      on[k * segments + s] = isOn
      size += isOn
    }
    weights[k] = (segments - 1) / (choose(segments, size) * size * (segments - size))
  }
  return { segments, on, weights }
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
