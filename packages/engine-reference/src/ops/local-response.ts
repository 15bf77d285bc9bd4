import { sizeOf } from '@agon/core'
import { numberAttribute } from '@agon/graph'
import type { NodeContext, Operator, OperatorTable, Values } from './operator.js'

/**
 * Local response normalization over channels: y_c = x_c s_c^-beta, s_c = bias + alpha / size sum of x_j^2 over the window of c,
 * j from c - floor((size - 1) / 2) to c + ceil((size - 1) / 2). Its derivative:
 *
 *     dx_j = dy_j s_j^-beta - 2 alpha beta / size x_j sum over the c whose window holds j of dy_c x_c s_c^(-beta - 1)
 */
const localResponse: Operator = {
  forward: ([x], context) => {
    const { beta } = parameters(context)
    const scale = scales(x!, context)
    return [x!.map((value, e) => value * scale[e]! ** -beta)]
  },
  vjp: ([x], _, [dy], context) => {
    const { alpha, beta, size } = parameters(context)
    const scale = scales(x!, context)
    const dx = dy!.map((cotangent, e) => cotangent * scale[e]! ** -beta)
    const pull = dy!.map((cotangent, e) => cotangent * x![e]! * scale[e]! ** (-beta - 1))
    eachPair(context, (c, j) => (dx[j] = dx[j]! - ((2 * alpha * beta) / size) * x![j]! * pull[c]!))
    return [dx]
  }
}

/** s for every element. */
function scales(x: Values, context: NodeContext): Values {
  const { alpha, bias, size } = parameters(context)
  const scale = new Float64Array(x.length).fill(bias)
  eachPair(context, (c, j) => (scale[c] = scale[c]! + (alpha / size) * x[j]! ** 2))
  return scale
}

/** Calls `see` with every element and every element of its window. */
function eachPair(context: NodeContext, see: (element: number, other: number) => void): void {
  const [, channels, ...rest] = context.shape(context.node.inputs[0]!)
  const positions = sizeOf(rest)
  const { size } = parameters(context)
  for (let c = 0; c < channels!; c++) {
    const first = Math.max(0, c - Math.floor((size - 1) / 2))
    const last = Math.min(channels! - 1, c + Math.ceil((size - 1) / 2))
    for (let j = first; j <= last; j++) {
      for (let p = 0; p < positions; p++) see(c * positions + p, j * positions + p)
    }
  }
}

function parameters({ node }: NodeContext) {
  return {
    alpha: numberAttribute(node, 'alpha'),
    beta: numberAttribute(node, 'beta'),
    bias: numberAttribute(node, 'bias'),
    size: numberAttribute(node, 'size')
  }
}

export const localResponses: OperatorTable = { LRN: localResponse }
