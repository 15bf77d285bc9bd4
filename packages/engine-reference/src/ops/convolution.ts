import { sizeOf } from '@agon/core'
import { convGeometry } from '@agon/graph'
import type { NodeContext, Operator, OperatorTable, Values } from './operator.js'
import { gatherTaps, scatterTaps, weightTaps, type Taps } from './taps.js'

/** y[co,o] = b[co] + sum over ci, k of x[ci, position[k]] w[co, ci, tap[k]]; any number of spatial dimensions. */
const conv: Operator = {
  forward: ([x, w, b], context) => {
    const y = biased(b, context)
    gatherTaps(convTaps(context), y, x!, w!)
    return [y]
  },
  vjp: ([x, w, b], _, [dy], context) => [
    context.wanted(0)
      ? fresh(x!, (dx) => scatterTaps(convTaps(context), context.factor(dy!), dx, context.factor(w!)))
      : undefined,
    context.wanted(1)
      ? fresh(w!, (dw) => weightTaps(convTaps(context), context.factor(dy!), context.factor(x!), dw))
      : undefined,
    context.wanted(2) ? channelSums(dy!, b!.length) : undefined
  ]
}

/** The transpose of a convolution: y[co, position[k]] += x[ci,i] w[ci, co, tap[k]], then + b[co]. */
const convTranspose: Operator = {
  forward: ([x, w, b], context) => {
    const y = biased(b, context)
    scatterTaps(transposedTaps(context), x!, y, w!)
    return [y]
  },
  vjp: ([x, w, b], _, [dy], context) => [
    context.wanted(0)
      ? fresh(x!, (dx) => gatherTaps(transposedTaps(context), dx, context.factor(dy!), context.factor(w!)))
      : undefined,
    context.wanted(1)
      ? fresh(w!, (dw) => weightTaps(transposedTaps(context), context.factor(x!), context.factor(dy!), dw))
      : undefined,
    context.wanted(2) ? channelSums(dy!, b!.length) : undefined
  ]
}

function convTaps(context: NodeContext): Taps {
  return context.table('taps', (node, model) => {
    const { channelsIn, channelsOut, positionsIn, positionsOut, ...rest } = convGeometry(node, model)
    return { ...rest, channelsA: channelsOut, channelsB: channelsIn, rows: positionsOut, positions: positionsIn }
  })
}

function transposedTaps(context: NodeContext): Taps {
  return context.table('taps', (node, model) => {
    const { channelsIn, channelsOut, positionsIn, positionsOut, ...rest } = convGeometry(node, model)
    return { ...rest, channelsA: channelsIn, channelsB: channelsOut, rows: positionsIn, positions: positionsOut }
  })
}

/** The output, every position of channel c holding b[c]. */
function biased(b: Values | undefined, context: NodeContext): Values {
  const shape = context.shape(context.node.outputs[0]!)
  const positions = sizeOf(shape.slice(2))
  return new Float64Array(sizeOf(shape)).map((_, e) => (b === undefined ? 0 : b[Math.floor(e / positions)]!))
}

function fresh(like: Values, fill: (values: Values) => void): Values {
  const values = new Float64Array(like.length)
  fill(values)
  return values
}

/** db[c] = sum over positions of dy[c, position] */
function channelSums(dy: Values, channels: number): Values {
  const positions = dy.length / channels
  return new Float64Array(channels).map((_, c) =>
    dy.subarray(c * positions, (c + 1) * positions).reduce((sum, value) => sum + value, 0)
  )
}

export const convolution: OperatorTable = { Conv: conv, ConvTranspose: convTranspose }
