import { sizeOf } from '@agon/core'
import { concatMap, gatherMap, padValue } from '@agon/graph'
import { addAt } from './add-at.js'
import type { NodeContext, Operator, OperatorTable } from './operator.js'

/** Same elements, same order. */
export const alias: Operator = {
  forward: ([x]) => [x!],
  vjp: (_, __, [dy]) => [dy!]
}

/** y[e] = x[source[e]], or the pad value where source[e] is -1. */
export const rearrange: Operator = {
  forward: ([x], context) => {
    const pad = context.table('pad value', padValue)
    return context.node.outputs.map((_, output) =>
      Float64Array.from(sources(context, output), (at) => (at < 0 ? pad : x![at]!))
    )
  },
  vjp: ([x], _, cotangents, context) => {
    const dx = new Float64Array(x!.length)
    cotangents.forEach((dy, output) => dy && addAt(sources(context, output), dy, dx.length, dx))
    return [dx]
  }
}

function sources(context: NodeContext, output: number): Int32Array {
  return context.table(`gather ${output}`, (node, model) => gatherMap(node, model, output))
}

/** y[place_j[e]] = x_j[e] */
const concat: Operator = {
  forward: (inputs, context) => {
    const y = new Float64Array(sizeOf(context.shape(context.node.outputs[0]!)))
    inputs.forEach((x, j) => places(context, j).forEach((at, e) => (y[at] = x![e]!)))
    return [y]
  },
  vjp: (inputs, _, [dy], context) =>
    inputs.map((__, j) => (context.wanted(j) ? Float64Array.from(places(context, j), (at) => dy![at]!) : undefined))
}

function places(context: NodeContext, input: number): Int32Array {
  return context.table(`concat ${input}`, (node, model) => concatMap(node, model, input))
}

export const rearranging: OperatorTable = {
  Identity: alias,
  Dropout: alias,
  Reshape: alias,
  Flatten: alias,
  Squeeze: alias,
  Unsqueeze: alias,
  Transpose: rearrange,
  Slice: rearrange,
  Split: rearrange,
  Expand: rearrange,
  Tile: rearrange,
  Pad: rearrange,
  DepthToSpace: rearrange,
  SpaceToDepth: rearrange,
  Concat: concat
}
