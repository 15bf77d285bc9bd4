import { smoothStep, type Draw } from './op-case.js'

/** Uniform in low..high. */
export function between(low: number, high: number): Draw {
  return (random, size) => Array.from({ length: size }, () => low + (high - low) * random.uniform())
}

/** Normal with deviation 1.5, but nowhere nearer than twice the smooth step to one of the points. */
export function awayFrom(...points: readonly number[]): Draw {
  const gap = 2 * smoothStep
  return (random, size) =>
    Array.from({ length: size }, () => {
      for (;;) {
        const x = 1.5 * random.normal()
        if (points.every((point) => Math.abs(x - point) > gap)) return x
      }
    })
}

/** All elements different by at least 0.1, in random order: no maximum changes hands within the smooth step. */
export const distinct: Draw = (random, size) => random.permutation(size).map((rank) => (rank - size / 2) / 10 + 0.05)

/** Whole numbers in low..high, so that many elements are equal. */
export function whole(low: number, high: number): Draw {
  return (random, size) => Array.from({ length: size }, () => low + random.integer(high - low + 1))
}

/** A whole number in low..high plus a half: what truncation to it is safe from. */
export function wholeAndHalf(low: number, high: number): Draw {
  return (random, size) => whole(low, high)(random, size).map((x) => x + 0.5)
}

/** Magnitudes up to 1e4 of both signs, where naive formulas overflow. */
export const far: Draw = (random, size) => {
  const magnitudes = [1e4, 1e3, 709, 100, 88, 40, 20, 1, 0]
  return Array.from({ length: size }, (_, i) => (random.integer(2) ? 1 : -1) * magnitudes[i % magnitudes.length]!)
}
