import type { NodeContext, Operator } from './operator.js'

/** y = value(x) and its derivative at x, y. */
export interface ScalarFunction {
  readonly value: (x: number) => number
  readonly slope: (x: number, y: number) => number
}

/** An elementwise operator of one input; `make` reads the node's attributes. */
export function smooth(make: (context: NodeContext) => ScalarFunction): Operator {
  return {
    forward: ([x], context) => [x!.map(make(context).value)],
    vjp: ([x], [y], [dy], context) => {
      const { slope } = make(context)
      return [dy!.map((cotangent, e) => scaled(cotangent, () => slope(x![e]!, y![e]!)))]
    }
  }
}

/** cotangent times slope; a cotangent of 0 gives 0 even where the slope is infinite (Sqrt at 0). */
export function scaled(cotangent: number, slope: () => number): number {
  return cotangent === 0 ? 0 : cotangent * slope()
}
