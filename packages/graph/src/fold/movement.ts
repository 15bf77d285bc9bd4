import type { Evaluate, Facts } from '../facts.js'
import { padValueOf } from '../geometry/pad.js'
import { placesInConcat } from '../geometry/moves.js'
import type { Windows } from '../geometry/windows.js'
import { input } from '../operands.js'
import { valuesOf } from './elementwise.js'

/** The first input as it is. */
export const copied: Evaluate = (facts) => [valuesOf(input(facts, 0))]

/** Moves elements by a gather map. */
export function moved(gather: (facts: Facts, output: number) => Int32Array): Evaluate {
  return (facts) => {
    const values = valuesOf(input(facts, 0))
    const pad = padValueOf(facts)
    return facts.outputs.map((_, output) => Float64Array.from(gather(facts, output), (i) => (i < 0 ? pad : values[i]!)))
  }
}

/** Concat. */
export const joined: Evaluate = (facts) => {
  const result = new Float64Array(facts.outputs[0]!.shape.reduce((size, extent) => size * extent, 1))
  facts.inputs.forEach((operand, i) => {
    const values = valuesOf(operand!)
    placesInConcat(facts, i).forEach((place, at) => (result[place] = values[at]!))
  })
  return [result]
}

/** Weighted sums over windows. */
export function summed(windowsOf: (facts: Facts) => Windows): Evaluate {
  return folded(windowsOf, 0, (sum, x) => sum + x)
}

/** f folded over each window, from `start`. */
export function folded(
  windowsOf: (facts: Facts) => Windows,
  start: number,
  f: (a: number, b: number) => number
): Evaluate {
  return (facts) => {
    const { planes, strideIn, strideOut, offsets, sources, weights } = windowsOf(facts)
    const values = valuesOf(input(facts, 0))
    const result = new Float64Array(planes * strideOut)
    for (let p = 0; p < planes; p++) {
      for (let o = 0; o < strideOut; o++) {
        let total = start
        for (let k = offsets[o]!; k < offsets[o + 1]!; k++) {
          total = f(total, values[p * strideIn + sources[k]!]! * (weights?.[k] ?? 1))
        }
        result[p * strideOut + o] = total
      }
    }
    return [result]
  }
}
