import { broadcasting, mapBroadcast } from './broadcasting.js'
import { piecewiseConstant, type NodeContext, type Operator, type OperatorTable } from './operator.js'

/** Arithmetic and comparisons of broadcasting inputs. */
export const arithmetic: OperatorTable = {
  Add: broadcasting(
    ([a, b]) => a! + b!,
    () => 1
  ),
  Sub: broadcasting(
    ([a, b]) => a! - b!,
    (input) => (input === 0 ? 1 : -1)
  ),
  Mul: broadcasting(
    ([a, b]) => a! * b!,
    (input, [a, b]) => (input === 0 ? b! : a!)
  ),
  Div: broadcasting(
    ([a, b], context) => (isWhole(context) ? Math.trunc(a! / b!) : a! / b!),
    (input, [, b], y) => (input === 0 ? 1 / b! : -y / b!)
  ),
  Pow: broadcasting(
    ([a, b]) => a! ** b!,
    (input, [a, b], y) => (input === 0 ? slopeOfBase(a!, b!) : slopeOfExponent(a!, b!, y))
  ),

  // b is the slope for negative a; the derivative at 0 is the slope.
  PRelu: broadcasting(
    ([a, b]) => (a! > 0 ? a! : a! * b!),
    (input, [a, b]) => (input === 0 ? (a! > 0 ? 1 : b!) : a! > 0 ? 0 : a!)
  ),

  Sum: broadcasting(
    (x) => x.reduce((sum, value) => sum + value, 0),
    () => 1
  ),
  // Equal inputs share the derivative evenly.
  Min: broadcasting(
    (x) => Math.min(...x),
    (input, x, y) => shareOf(input, x, y)
  ),
  Max: broadcasting(
    (x) => Math.max(...x),
    (input, x, y) => shareOf(input, x, y)
  ),

  Where: broadcasting(
    ([condition, a, b]) => (condition !== 0 ? a! : b!),
    (input, [condition]) => (input === 0 ? 0 : (input === 1) === (condition !== 0) ? 1 : 0)
  ),

  Greater: comparison((a, b) => a > b),
  Less: comparison((a, b) => a < b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  LessOrEqual: comparison((a, b) => a <= b),
  Equal: comparison((a, b) => a === b),
  And: comparison((a, b) => a !== 0 && b !== 0),
  Or: comparison((a, b) => a !== 0 || b !== 0),
  Xor: comparison((a, b) => (a !== 0) !== (b !== 0))
}

function comparison(holds: (a: number, b: number) => boolean): Operator {
  return piecewiseConstant((inputs, context) => mapBroadcast(inputs, context, ([a, b]) => (holds(a!, b!) ? 1 : 0)))
}

/** d/da a^b = b a^(b-1), and 0 for b = 0 whatever a is. */
function slopeOfBase(a: number, b: number): number {
  return b === 0 ? 0 : b * a ** (b - 1)
}

/** d/db a^b = a^b log a, and its limit 0 for a = 0, b >= 0. */
function slopeOfExponent(a: number, b: number, y: number): number {
  return a === 0 && b >= 0 ? 0 : y * Math.log(a)
}

function shareOf(input: number, x: readonly number[], y: number): number {
  return x[input] === y ? 1 / x.filter((value) => value === y).length : 0
}

/** Division of whole numbers truncates. */
function isWhole({ node, model }: NodeContext): boolean {
  return model.dtypes.get(node.outputs[0]!) === 'int64'
}
