/** What becomes of the maps of copies 0, 1, 2, ...: they are added in that order, in float64, and rounded to float32 once. */
export interface Reduction {
  /** Adds a map of copy k to the elements from `at` on. */
  add(at: number, k: number, map: Float32Array): void
  finish(): Float32Array
}

/** sum over k of w_k g_k / sum over k of w_k. */
export function weightedMean(weights: Float64Array): (size: number) => Reduction {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return (size) => {
    const sum = new Float64Array(size)
    return {
      add(at, k, map) {
        const weight = weights[k]!
        for (let i = 0; i < map.length; i++) sum[at + i] = sum[at + i]! + weight * map[i]!
      },
      finish: () => divided(sum, total)
    }
  }
}

/** (1/n) sum over k of g_k. */
export function mean(count: number): (size: number) => Reduction {
  return weightedMean(new Float64Array(count).fill(1))
}

/** (1/n) sum over k of g_k^2. */
export function meanOfSquares(count: number): (size: number) => Reduction {
  return (size) => {
    const sum = new Float64Array(size)
    return {
      add(at, _k, map) {
        for (let i = 0; i < map.length; i++) sum[at + i] = sum[at + i]! + map[i]! * map[i]!
      },
      finish: () => divided(sum, count)
    }
  }
}

/** (1/n) sum over k of (g_k - mean)^2, by updates that never subtract one large sum from another (Welford 1962). */
export function variance(count: number): (size: number) => Reduction {
  return (size) => {
    const average = new Float64Array(size)
    const squares = new Float64Array(size)
    return {
      add(at, k, map) {
        for (let i = 0; i < map.length; i++) {
          const off = map[i]! - average[at + i]!
          average[at + i] = average[at + i]! + off / (k + 1)
          squares[at + i] = squares[at + i]! + off * (map[i]! - average[at + i]!)
        }
      },
      finish: () => divided(squares, count)
    }
  }
}

function divided(sums: Float64Array, by: number): Float32Array {
  const quotients = new Float32Array(sums.length)
  for (let i = 0; i < sums.length; i++) quotients[i] = sums[i]! / by
  return quotients
}
