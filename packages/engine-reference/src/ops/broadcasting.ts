import { sizeOf } from '@agon/core'
import { broadcastMap } from '@agon/graph'
import type { Cotangents, Inputs, NodeContext, Operator, Values } from './operator.js'

/** Which element of each input output element e is computed from; `undefined` = element e itself. */
type BroadcastMaps = readonly (Int32Array | undefined)[]

/** An elementwise operator of several broadcasting inputs. `slope(i, x, y)` is the derivative with respect to input i. */
export function broadcasting(
  value: (x: readonly number[], context: NodeContext) => number,
  slope: (input: number, x: readonly number[], y: number) => number
): Operator {
  return {
    forward: (inputs, context) => [mapBroadcast(inputs, context, (x) => value(x, context))],
    vjp: (inputs, [y], cotangents, context) =>
      inputs.map((_, i) =>
        context.wanted(i) ? sumBroadcast(i, inputs, y!, cotangents, context, (x, of) => slope(i, x, of)) : undefined
      )
  }
}

/** y[e] = value of the inputs' elements that belong to e. */
export function mapBroadcast(inputs: Inputs, context: NodeContext, value: (x: readonly number[]) => number): Values {
  const elements = elementReader(inputs, context)
  return new Float64Array(sizeOf(context.shape(context.node.outputs[0]!))).map((_, e) => value(elements(e)))
}

/** dx_i[element of e] = sum over e of dy[e] slope(inputs at e, y[e]). */
function sumBroadcast(
  input: number,
  inputs: Inputs,
  y: Values,
  [dy]: Cotangents,
  context: NodeContext,
  slope: (x: readonly number[], y: number) => number
): Values {
  const elements = elementReader(inputs, context)
  const map = broadcastMaps(context)[input]
  const dx = new Float64Array(inputs[input]!.length)
  for (let e = 0; e < y.length; e++) {
    if (dy![e] === 0) continue
    const at = map === undefined ? e : map[e]!
    dx[at] = dx[at]! + dy![e]! * slope(elements(e), y[e]!)
  }
  return dx
}

/** Reads the inputs' elements that belong to output element e. The same array is filled every time. */
function elementReader(inputs: Inputs, context: NodeContext): (e: number) => readonly number[] {
  const maps = broadcastMaps(context)
  const x = new Array<number>(inputs.length)
  return (e) => {
    for (let i = 0; i < x.length; i++) {
      const map = maps[i]
      x[i] = inputs[i]![map === undefined ? e : map[e]!]!
    }
    return x
  }
}

function broadcastMaps(context: NodeContext): BroadcastMaps {
  return context.table('broadcast', ({ inputs, outputs }) =>
    inputs.map((value) => broadcastMap(context.shape(value), context.shape(outputs[0]!)))
  )
}
