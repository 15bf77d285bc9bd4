import { AgonError, formatShape, sizeOf, type Node } from '@agon/core'
import type { StaticModel } from '@agon/graph'
import { arithmetic } from './lower/arithmetic.js'
import { createBuilder, type Lowered, type LowerTable } from './lower/builder.js'
import { convolutions } from './lower/convolution.js'
import { matrices } from './lower/matrix.js'
import { moves } from './lower/moves.js'
import { normalizations } from './lower/normalization.js'
import { pooling } from './lower/pooling.js'
import { unary } from './lower/unary.js'

const table: LowerTable = {
  ...convolutions,
  ...matrices,
  ...normalizations,
  ...unary,
  ...arithmetic,
  ...pooling,
  ...moves
}

/** ONNX operators that this engine runs, sorted. */
export const operators: readonly string[] = Object.keys(table).sort()

/**
 * Turns a model of fixed shapes into a program; operators that `instead` lists are lowered by it. Throws AGON_UNSUPPORTED_OPERATOR naming every node that cannot be run, and
 * AGON_BAD_MODEL for values without elements.
 */
export function lower(model: StaticModel, instead: LowerTable = {}): Lowered {
  assertSupported(model.nodes)
  assertElements(model)
  const { builder, finish } = createBuilder(model)
  for (const node of model.nodes) {
    builder.startNode(node)
    const { [node.op]: how = table[node.op]! } = instead
    how(node, builder)
  }
  return finish(model.inputs[0]!.name, model.outputs[0]!.name)
}

/** Throws AGON_UNSUPPORTED_OPERATOR naming every node with an operator that this engine lacks, and the remedy. */
export function assertSupported(nodes: readonly Node[]): void {
  const bad = nodes.filter(({ op }) => !Object.hasOwn(table, op))
  if (bad.length === 0) return
  throw new AgonError('AGON_UNSUPPORTED_OPERATOR', {
    what: `${bad.length} ${bad.length === 1 ? 'node' : 'nodes'} that the native engine cannot run`,
    expected: 'operators that it knows (see its README)',
    found: bad.map(({ op, name }) => `${op} node '${name}'`).join(', '),
    remedy:
      'Rewrite these nodes with known operators, or explain the part of the model after them (selectOutput, bindInputs).'
  })
}

/** Moves of elements cope with none; what computes needs at least one. Throws AGON_BAD_MODEL naming the node. */
function assertElements({ nodes, shapes }: StaticModel): void {
  for (const { op, name, inputs, outputs } of nodes.filter(({ op }) => !Object.hasOwn(moves, op))) {
    const empty = [...inputs, ...outputs].find((value) => value !== '' && sizeOf(shapes.get(value) ?? []) === 0)
    if (empty === undefined) continue
    throw new AgonError('AGON_BAD_MODEL', {
      what: `value '${empty}' of ${op} node '${name}'`,
      expected: 'extents >= 1',
      found: formatShape(shapes.get(empty)!)
    })
  }
}
