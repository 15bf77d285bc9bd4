import { sizeOf } from '@agon/core'
import { concatMap, gatherMap, numberAttribute, padValue } from '@agon/graph'
import type { Lower, LowerTable } from './builder.js'
import { emitUnary } from './unary.js'

/** Same elements, same order. */
const alias: Lower = (node, to) => to.emit('Alias', [to.id(node.inputs[0]!)], to.id(node.outputs[0]!))

/** y[e] = x[source[e]] for every output of the node. */
export const gather: Lower = (node, to) => {
  node.outputs.forEach((output, j) => {
    if (output === '') return
    to.emit('Gather', [to.id(node.inputs[0]!)], to.id(output), {
      numbers: [padValue(node, to.model)],
      tables: [gatherMap(node, to.model, j)]
    })
  })
}

const concat: Lower = (node, to) => {
  const inputs = node.inputs.map((name) => to.id(name))
  to.emit('Concat', inputs, to.id(node.outputs[0]!), {
    tables: node.inputs.map((_, j) => concatMap(node, to.model, j))
  })
}

/** Values pass; something else than the derivative goes back. */
const steer =
  (kind: 'Detach' | 'Through' | 'Rectify'): Lower =>
  (node, to) =>
    to.emit(
      kind,
      node.inputs.map((name) => to.id(name)),
      to.id(node.outputs[0]!)
    )

/** Rows of a table: by constant indices a rearrangement, otherwise looked up at each pass. */
const lookup: Lower = (node, to) => {
  const [table, indices] = node.inputs as [string, string]
  if (to.constantOf(indices) !== undefined) return gather(node, to)
  const shape = to.shape(table)
  const axis = (numberAttribute(node, 'axis') + shape.length) % shape.length
  const ints = [sizeOf(shape.slice(0, axis)), shape[axis]!, sizeOf(shape.slice(axis + 1))]
  to.emit('Lookup', [to.id(table), to.id(indices)], to.id(node.outputs[0]!), { ints })
}

/** To bool: is not 0. Float to int64: towards zero. Otherwise the same elements. */
const cast: Lower = (node, to) => {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!]
  const [from, into] = [to.model.dtypes.get(x), to.model.dtypes.get(y)]
  if (into === 'bool' && from !== 'bool') return emitUnary(to, 'ToBool', to.id(x), to.id(y))
  if (into === 'int64' && from === 'float32') return emitUnary(to, 'Truncate', to.id(x), to.id(y))
  alias(node, to)
}

/** Operators that only move elements. */
export const moves: LowerTable = {
  Identity: alias,
  Dropout: alias,
  Reshape: alias,
  Flatten: alias,
  Squeeze: alias,
  Unsqueeze: alias,
  Cast: cast,
  Transpose: gather,
  Slice: gather,
  Split: gather,
  Expand: gather,
  Tile: gather,
  Pad: gather,
  DepthToSpace: gather,
  SpaceToDepth: gather,
  Concat: concat,
  Gather: lookup,
  Detach: steer('Detach'),
  Through: steer('Through'),
  Rectify: steer('Rectify')
}
