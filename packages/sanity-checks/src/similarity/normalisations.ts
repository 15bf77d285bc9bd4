import { clipScale, createRegistry } from '@agon/core'

/** What is done to each of two maps, on its own, before they are compared. */
export interface Normalisation {
  readonly name: string
  /** Where it is used so. */
  readonly cite: string
  /** How a value is computed, in one line. */
  readonly formula: string
  /** The map of one example, element by element, as a new array rounded to float32. For finite values. */
  apply(map: Float32Array): Float32Array
}

const none: Normalisation = {
  name: 'none',
  cite: 'the map as the method gives it',
  formula: 'x',
  apply: (map) => map.slice()
}

const abs: Normalisation = {
  name: 'abs',
  cite: 'Adebayo et al. 2018, Sanity Checks for Saliency Maps, arXiv 1810.03292',
  formula: '|x|',
  apply: (map) => map.map(Math.abs)
}

/** To 0 .. 1; a constant map becomes 0. */
const minMax: Normalisation = {
  name: 'min-max',
  cite: 'Adebayo et al. 2018, Sanity Checks for Saliency Maps, arXiv 1810.03292',
  formula: '(x - min) / (max - min)',
  apply(map) {
    const least = map.reduce((low, value) => (value < low ? value : low), Infinity)
    const extent = map.reduce((high, value) => (value > high ? value : high), -Infinity) - least
    return extent === 0 ? new Float32Array(map.length) : map.map((value) => (value - least) / extent)
  }
}

/** To -1 .. 1, on the scale on which maps are displayed; a map that is all 0 stays so. */
const clip99: Normalisation = {
  name: 'clip-99',
  cite: 'Smilkov et al. 2017, SmoothGrad, arXiv 1706.03825, where outliers are cut at the 99th percentile; ours is to leave zeros out of it',
  formula: 'x / p cut to -1 .. 1, p the 99th percentile of |x| over the elements that are not 0, linear between ranks',
  apply(map) {
    const scale = clipScale(map, 99)
    return scale === 0 ? map.slice() : map.map((value) => Math.max(-1, Math.min(1, value / scale)))
  }
}

/** A map that is all 0 stays so. */
const rootMeanSquare: Normalisation = {
  name: 'root-mean-square',
  cite: 'Binder et al. 2023, Shortcomings of Top-Down Randomization-Based Sanity Checks for Evaluations of Deep Neural Network Explanations, arXiv 2211.12486',
  formula: 'x / sqrt(mean x^2)',
  apply(map) {
    const scale = Math.sqrt(map.reduce((sum, value) => sum + value * value, 0) / map.length)
    return scale === 0 ? map.slice() : map.map((value) => value / scale)
  }
}

/** Every normalisation by name. */
export const normalisations = createRegistry<Normalisation>('normalisation', [
  none,
  abs,
  minMax,
  clip99,
  rootMeanSquare
])
