import { roundHalfToEven } from '../math/stable.js'
import { piecewiseConstant, type Operator, type OperatorTable } from './operator.js'
import { smooth } from './unary.js'

/** Elementary functions of one input. Abs'(0) = 0. */
export const pointwise: OperatorTable = {
  Exp: smooth(() => ({ value: Math.exp, slope: (_, y) => y })),
  Log: smooth(() => ({ value: Math.log, slope: (x) => 1 / x })),
  Sqrt: smooth(() => ({ value: Math.sqrt, slope: (_, y) => 0.5 / y })),
  Reciprocal: smooth(() => ({ value: (x) => 1 / x, slope: (_, y) => -y * y })),
  Neg: smooth(() => ({ value: (x) => -x, slope: () => -1 })),
  Abs: smooth(() => ({ value: Math.abs, slope: (x) => Math.sign(x) })),
  Sin: smooth(() => ({ value: Math.sin, slope: Math.cos })),
  Cos: smooth(() => ({ value: Math.cos, slope: (x) => -Math.sin(x) })),

  Sign: steps(Math.sign),
  Floor: steps(Math.floor),
  Ceil: steps(Math.ceil),
  Round: steps(roundHalfToEven),
  Not: steps((x) => (x === 0 ? 1 : 0)),

  // min and max are scalar inputs; the derivative is 1 where min <= x <= max, ends included.
  Clip: {
    forward: ([x, min, max]) => [
      x!.map((value) => Math.min(max?.[0] ?? Infinity, Math.max(min?.[0] ?? -Infinity, value)))
    ],
    vjp: ([x, min, max], _, [dy]) => {
      const below = (e: number): boolean => min !== undefined && x![e]! < min[0]!
      const above = (e: number): boolean => max !== undefined && x![e]! > max[0]!
      return [
        dy!.map((cotangent, e) => (below(e) || above(e) ? 0 : cotangent)),
        min && sumWhere(dy!, (e) => below(e) && !above(e)),
        max && sumWhere(dy!, above)
      ]
    }
  }
}

function steps(value: (x: number) => number): Operator {
  return piecewiseConstant(([x]) => x!.map(value))
}

/** Sum of the elements that pass, as a scalar. */
function sumWhere(values: Float64Array, passes: (e: number) => boolean): Float64Array {
  return Float64Array.of(values.reduce((sum, value, e) => (passes(e) ? sum + value : sum), 0))
}
