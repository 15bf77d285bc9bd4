import { normGeometry } from '@agon/graph'
import type { NodeContext, Operator, OperatorTable, Values } from './operator.js'

/** y = exp(x - log sum exp x) along one axis; dx = y (dy - sum of dy y). */
const softmax: Operator = {
  forward: ([x], context) => [logSoftmaxOf(x!, context).map(Math.exp)],
  vjp: (_, [y], [dy], context) => {
    const dx = new Float64Array(y!.length)
    eachLine(context, (line) => {
      const inner = line.reduce((sum, e) => sum + dy![e]! * y![e]!, 0)
      for (const e of line) dx[e] = y![e]! * (dy![e]! - inner)
    })
    return [dx]
  }
}

/** y = x - log sum exp x along one axis; dx = dy - exp(y) sum of dy. */
const logSoftmax: Operator = {
  forward: ([x], context) => [logSoftmaxOf(x!, context)],
  vjp: (_, [y], [dy], context) => {
    const dx = new Float64Array(y!.length)
    eachLine(context, (line) => {
      const sum = line.reduce((total, e) => total + dy![e]!, 0)
      for (const e of line) dx[e] = dy![e]! - Math.exp(y![e]!) * sum
    })
    return [dx]
  }
}

/** x - m - log(sum exp(x - m)), m the maximum of the line: no exponential overflows, and one of them is 1. */
function logSoftmaxOf(x: Values, context: NodeContext): Values {
  const y = new Float64Array(x.length)
  eachLine(context, (line) => {
    const maximum = line.reduce((best, e) => Math.max(best, x[e]!), -Infinity)
    const logSum = Math.log(line.reduce((sum, e) => sum + Math.exp(x[e]! - maximum), 0))
    for (const e of line) y[e] = x[e]! - maximum - logSum
  })
  return y
}

/** Calls `see` with the elements of every line along the node's axis. The same array is filled every time. */
function eachLine({ node, model }: NodeContext, see: (line: Int32Array) => void): void {
  const { outer, extent, inner } = normGeometry(node, model)
  const line = new Int32Array(extent)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      for (let k = 0; k < extent; k++) line[k] = (o * extent + k) * inner + i
      see(line)
    }
  }
}

export const softmaxes: OperatorTable = { Softmax: softmax, LogSoftmax: logSoftmax }
