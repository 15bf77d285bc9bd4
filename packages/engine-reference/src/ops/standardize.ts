import type { Values } from './operator.js'

/** (x - mean) / sqrt(variance + epsilon) over every run of `extent` elements; the variance divides by `extent`. */
export function standardize(x: Values, extent: number, epsilon: number): Values {
  const y = new Float64Array(x.length)
  for (let from = 0; from < x.length; from += extent) {
    const { mean, deviation } = moments(x.subarray(from, from + extent), epsilon)
    for (let e = from; e < from + extent; e++) y[e] = (x[e]! - mean) / deviation
  }
  return y
}

/** dx = (dy - mean(dy) - x^ mean(dy x^)) / sqrt(variance + epsilon) over every run, x^ the standardized x. */
export function standardizeVjp(x: Values, dy: Values, extent: number, epsilon: number): Values {
  const standard = standardize(x, extent, epsilon)
  const dx = new Float64Array(x.length)
  for (let from = 0; from < x.length; from += extent) {
    const { deviation } = moments(x.subarray(from, from + extent), epsilon)
    let meanOfDy = 0
    let meanOfProduct = 0
    for (let e = from; e < from + extent; e++) {
      meanOfDy += dy[e]! / extent
      meanOfProduct += (dy[e]! * standard[e]!) / extent
    }
    for (let e = from; e < from + extent; e++) dx[e] = (dy[e]! - meanOfDy - standard[e]! * meanOfProduct) / deviation
  }
  return dx
}

/** Mean and sqrt(variance + epsilon), in two passes: the variance is the mean square of what is left without the mean. */
function moments(x: Values, epsilon: number): { mean: number; deviation: number } {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length
  const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length
  return { mean, deviation: Math.sqrt(variance + epsilon) }
}
