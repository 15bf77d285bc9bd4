import { textAttribute } from '@agon/graph'
import type { NodeContext, Operator, OperatorTable } from './operator.js'
import { weightedSum } from './pooling.js'
import { rearrange } from './rearranging.js'

/** Nearest: each output element is one input element. Linear: a weighted sum of them. */
const resize: Operator = {
  forward: (inputs, context) => kind(context).forward(inputs, context),
  vjp: (inputs, outputs, cotangents, context) => kind(context).vjp(inputs, outputs, cotangents, context)
}

function kind({ node }: NodeContext): Operator {
  return textAttribute(node, 'mode') === 'nearest' ? rearrange : weightedSum
}

export const resizing: OperatorTable = { Resize: resize }
