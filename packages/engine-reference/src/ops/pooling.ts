import { sizeOf } from '@agon/core'
import { linearWindows, maxWindows, numberAttribute, type Windows } from '@agon/graph'
import type { NodeContext, Operator, OperatorTable, Values } from './operator.js'

/** y[p,o] = sum over the window of weight x: averages, sums, linear interpolation. */
export const weightedSum: Operator = {
  forward: ([x], context) => {
    const windows = context.table('windows', linearWindows)
    const y = outputOf(context)
    visit(windows, (o, source, weight) => (y[o] = y[o]! + weight * x![source]!))
    return [y]
  },
  vjp: ([x], _, [dy], context) => {
    const dx = new Float64Array(x!.length)
    visit(context.table('windows', linearWindows), (o, source, weight) => {
      dx[source] = dx[source]! + weight * dy![o]!
    })
    return [dx]
  }
}

/** The first maximum of each window, in scan order, is the output and gets the whole cotangent. */
const firstMaximum: Operator = {
  forward: ([x], context) => [winners(x!, context).map((source) => x![source]!)],
  vjp: ([x], _, [dy], context) => {
    const dx = new Float64Array(x!.length)
    winners(x!, context).forEach((source, o) => (dx[source] = dx[source]! + dy![o]!))
    return [dx]
  }
}

/** The input element that each output element is. */
function winners(x: Values, context: NodeContext): Values {
  const winner = outputOf(context).fill(-1)
  visit(context.table('windows', maxWindows), (o, source) => {
    if (winner[o]! < 0 || x[source]! > x[winner[o]!]!) winner[o] = source
  })
  return winner
}

/** Extreme of each window; equal elements share the cotangent evenly. `sign` is 1 for the maximum, -1 for the minimum. */
function sharedExtreme(sign: 1 | -1): Operator {
  return {
    forward: ([x], context) => {
      const y = outputOf(context).fill(-sign * Infinity)
      visit(context.table('windows', maxWindows), (o, source) => {
        y[o] = sign * Math.max(sign * y[o]!, sign * x![source]!)
      })
      return [y]
    },
    vjp: ([x], [y], [dy], context) => {
      const windows = context.table('windows', maxWindows)
      const equals = outputOf(context)
      visit(windows, (o, source) => (equals[o] = equals[o]! + (x![source] === y![o] ? 1 : 0)))
      const dx = new Float64Array(x!.length)
      visit(windows, (o, source) => {
        if (x![source] === y![o]) dx[source] = dx[source]! + dy![o]! / equals[o]!
      })
      return [dx]
    }
  }
}

/**
 * y = log(sum over the window of exp(t x)) / t, or of the mean; with m the largest of the window m + log(sum exp(t (x - m))) / t, so that
 * nothing overflows. dx = dy times the softmax of t x over the window.
 */
const logSumExp: Operator = {
  forward: ([x], context) => {
    const { most, sums, counts, t } = powersOf(x!, context)
    const mean = numberAttribute(context.node, 'mean') !== 0
    return [most.map((m, o) => m + Math.log(mean ? sums[o]! / counts[o]! : sums[o]!) / t)]
  },
  vjp: ([x], _, [dy], context) => {
    const { most, sums, t } = powersOf(x!, context)
    const dx = new Float64Array(x!.length)
    visit(context.table('windows', maxWindows), (o, source) => {
      dx[source] = dx[source]! + (dy![o]! * Math.exp(t * (x![source]! - most[o]!))) / sums[o]!
    })
    return [dx]
  }
}

/** Of each window the largest element m, sum exp(t (x - m)), and how many elements it has. */
function powersOf(x: Values, context: NodeContext) {
  const t = numberAttribute(context.node, 'temperature')
  const windows = context.table('windows', maxWindows)
  const most = outputOf(context).fill(-Infinity)
  visit(windows, (o, source) => (most[o] = Math.max(most[o]!, x[source]!)))
  const [sums, counts] = [outputOf(context), outputOf(context)]
  visit(windows, (o, source) => {
    sums[o] = sums[o]! + Math.exp(t * (x[source]! - most[o]!))
    counts[o] = counts[o]! + 1
  })
  return { most, sums, counts, t }
}

/** Calls `see` with every pair of an output and an input element of a window, and the weight. */
function visit(windows: Windows, see: (output: number, source: number, weight: number) => void): void {
  const { planes, strideIn, strideOut, offsets, sources, weights } = windows
  for (let p = 0; p < planes; p++) {
    for (let o = 0; o + 1 < offsets.length; o++) {
      for (let k = offsets[o]!; k < offsets[o + 1]!; k++) {
        see(p * strideOut + o, p * strideIn + sources[k]!, weights === undefined ? 1 : weights[k]!)
      }
    }
  }
}

function outputOf(context: NodeContext): Values {
  return new Float64Array(sizeOf(context.shape(context.node.outputs[0]!)))
}

export const pooling: OperatorTable = {
  AveragePool: weightedSum,
  GlobalAveragePool: weightedSum,
  ReduceMean: weightedSum,
  ReduceSum: weightedSum,
  MaxPool: firstMaximum,
  GlobalMaxPool: firstMaximum,
  LogSumExpPool: logSumExp,
  GlobalLogSumExpPool: logSumExp,
  ReduceMax: sharedExtreme(1),
  ReduceMin: sharedExtreme(-1)
}
