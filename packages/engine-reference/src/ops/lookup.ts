import { AgonError, sizeOf } from '@agon/core'
import { numberAttribute } from '@agon/graph'
import { addAt } from './add-at.js'
import type { NodeContext, Operator, OperatorTable, Values } from './operator.js'

/** Rows of a table by index. The derivative reaches the table and not the indices. */
const gather: Operator = {
  forward: ([table, indices], context) => [rows(indices!, context).map((at) => table![at]!)],
  vjp: ([table, indices], _, [dy], context) => [addAt(rows(indices!, context), dy!, table!.length)]
}

/** table [outer, extent, inner], indices [count]: for each element of [outer, count, inner] its place in the table. */
function rows(indices: Values, context: NodeContext): Values {
  const shape = context.shape(context.node.inputs[0]!)
  const axis = (numberAttribute(context.node, 'axis') + shape.length) % shape.length
  const [outer, extent, inner] = [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))]
  const row = indices.map((index) => wholeIndex(index, extent, context))
  return new Float64Array(outer * row.length * inner).map((_, e) => {
    const o = Math.floor(e / (row.length * inner))
    return (o * extent + row[Math.floor(e / inner) % row.length]!) * inner + (e % inner)
  })
}

/** An index counted from the front. Throws AGON_BAD_INPUT if it is not a whole number in -extent..extent-1. */
function wholeIndex(index: number, extent: number, { node }: NodeContext): number {
  if (Number.isInteger(index) && index >= -extent && index < extent) return index < 0 ? index + extent : index
  throw new AgonError('AGON_BAD_INPUT', {
    what: `index of Gather node '${node.name}'`,
    expected: `a whole number in ${-extent} to ${extent - 1}`,
    found: `${index}`
  })
}

export const lookup: OperatorTable = { Gather: gather }
