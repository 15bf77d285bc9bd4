import { alias } from './rearranging.js'
import type { Operator, OperatorTable } from './operator.js'

/** To bool: is not 0. Between float and int64: towards zero, and no derivative. To float: the same elements. */
const cast: Operator = {
  forward: ([x], { node, model }) => {
    const [from, to] = [model.dtypes.get(node.inputs[0]!), model.dtypes.get(node.outputs[0]!)]
    if (to === 'bool') return [x!.map((value) => (value === 0 ? 0 : 1))]
    return [from === 'float32' && to === 'int64' ? x!.map(Math.trunc) : x!]
  },
  vjp: (inputs, outputs, cotangents, context) =>
    context.model.dtypes.get(context.node.outputs[0]!) === 'float32'
      ? alias.vjp(inputs, outputs, cotangents, context)
      : []
}

export const casting: OperatorTable = { Cast: cast }
