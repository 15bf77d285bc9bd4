import { chosen, divideWhole, gathered, modulo, zipped } from '../fold/elementwise.js'
import { clipped } from '../fold/clip.js'
import { broadcastAll, broadcastPow, broadcastSlope, broadcastToBool, broadcastWhere } from '../shape/broadcast.js'
import { inferClip } from '../shape/clip.js'
import { define, int, type Definition } from './schema.js'

type Pair = (a: number, b: number) => number

const binary = (op: string, f: Pair, whole?: Pair): Definition =>
  define(op, [2, 2], { infer: broadcastAll, evaluate: zipped(f, whole) })

const variadic = (op: string, f: Pair, note?: string): Definition =>
  define(op, [1, Infinity], { infer: broadcastAll, evaluate: gathered(f), ...(note ? { note } : {}) })

const comparison = (op: string, f: (a: number, b: number) => boolean): Definition =>
  define(op, [2, 2], { infer: broadcastToBool, derivative: 'zero', evaluate: zipped((a, b) => (f(a, b) ? 1 : 0)) })

/** Several inputs, broadcast against each other. */
export const broadcasting: readonly Definition[] = [
  binary('Add', (a, b) => a + b),
  binary('Sub', (a, b) => a - b),
  binary('Mul', (a, b) => a * b),
  binary('Div', (a, b) => a / b, divideWhole),
  define('Pow', [2, 2], { infer: broadcastPow, evaluate: zipped(Math.pow) }),
  define('PRelu', [2, 2], { infer: broadcastSlope, note: 'the slope at 0' }),
  variadic('Sum', (a, b) => a + b),
  variadic('Min', Math.min, 'equal values share evenly'),
  variadic('Max', Math.max, 'equal values share evenly'),
  define('Clip', [1, 3], { infer: inferClip, evaluate: clipped, note: '1 where min <= x <= max' }),
  comparison('Greater', (a, b) => a > b),
  comparison('Less', (a, b) => a < b),
  comparison('GreaterOrEqual', (a, b) => a >= b),
  comparison('LessOrEqual', (a, b) => a <= b),
  comparison('Equal', (a, b) => a === b),
  comparison('And', (a, b) => a !== 0 && b !== 0),
  comparison('Or', (a, b) => a !== 0 || b !== 0),
  comparison('Xor', (a, b) => (a !== 0) !== (b !== 0)),
  define('Where', [3, 3], {
    infer: broadcastWhere,
    evaluate: chosen,
    note: 'to the chosen branch; 0 to the condition'
  }),
  define('Mod', [2, 2], {
    attributes: { fmod: int(0) },
    infer: broadcastAll,
    derivative: 'none',
    evaluate: (facts) => zipped(facts.attributes['fmod'] ? (a, b) => a % b : modulo)(facts)
  })
]
