import type { Evaluate, Operand } from '../facts.js'
import { input, present } from '../operands.js'
import { broadcastMap } from '../geometry/matrix.js'

/** f of every element of the only input. */
export function mapped(f: (x: number) => number): Evaluate {
  return (facts) => [Float64Array.from(valuesOf(input(facts, 0)), f)]
}

/** f of two broadcast inputs; `whole` replaces it where the operands are int64. */
export function zipped(f: (a: number, b: number) => number, whole = f): Evaluate {
  return (facts) => {
    const to = facts.outputs[0]!.shape
    const apply = input(facts, 0).dtype === 'int64' ? whole : f
    const [a, b] = [spread(input(facts, 0), to), spread(input(facts, 1), to)]
    return [a.map((x, i) => apply(x, b[i]!))]
  }
}

/** f folded over any number of broadcast inputs, from the left. */
export function gathered(f: (a: number, b: number) => number): Evaluate {
  return (facts) => {
    const to = facts.outputs[0]!.shape
    const [first, ...rest] = present(facts).map((operand) => spread(operand, to))
    for (const values of rest) for (let i = 0; i < values.length; i++) first![i] = f(first![i]!, values[i]!)
    return [first!]
  }
}

/** Where(condition, yes, no). */
export const chosen: Evaluate = (facts) => {
  const to = facts.outputs[0]!.shape
  const [condition, yes, no] = [0, 1, 2].map((i) => spread(input(facts, i), to))
  return [condition!.map((truth, i) => (truth ? yes![i]! : no![i]!))]
}

/** The elements of a constant, broadcast to a shape; always a copy. */
function spread(operand: Operand, to: readonly number[]): Float64Array {
  const values = valuesOf(operand)
  const map = broadcastMap(operand.shape, to)
  return map === undefined ? Float64Array.from(values) : Float64Array.from(map, (i) => values[i]!)
}

export function valuesOf(operand: Operand): ArrayLike<number> {
  return operand.constant!.data
}

/** Integer division of ONNX (as of C): towards zero. */
export const divideWhole = (a: number, b: number): number => Math.trunc(a / b) + 0

/** Mod with fmod = 0: the sign of the divisor. */
export const modulo = (a: number, b: number): number => a - b * Math.floor(a / b)

/** Round half to even. */
export function roundEven(x: number): number {
  const low = Math.floor(x)
  const rest = x - low
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1
  return low % 2 === 0 ? low : low + 1
}
