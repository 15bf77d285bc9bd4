import { AgonError, type Node } from '@agon/core'
import { nodeTitle } from '../errors.js'
import { definitionOfNode, factsOf } from '../node-facts.js'
import { reducedAxes } from '../shape/reduction.js'
import type { StaticModel } from '../static-model.js'
import { convGeometryOf, type ConvGeometry } from './convolution.js'
import { matmulGeometryOf, type MatmulGeometry } from './matrix.js'
import { placesInConcat } from './moves.js'
import { normGeometryOf, type NormGeometry } from './normalization.js'
import { padValueOf } from './pad.js'
import type { Windows } from './windows.js'

/**
 * For each element of an output the element of the first input that it takes, -1 = pad value: Transpose, Slice, Split, Expand,
 * Tile, Gather (constant indices), Pad, Resize (nearest), DepthToSpace, SpaceToDepth.
 */
export function gatherMap(node: Node, model: StaticModel, output = 0): Int32Array {
  const { gather } = definitionOfNode(node)
  return (gather ?? noTable(node, 'gather map'))(factsOf(node, model), output)
}

/** The value of elements that `gatherMap` marks -1; 0 for operators other than Pad, which mark none. */
export function padValue(node: Node, model: StaticModel): number {
  return padValueOf(factsOf(node, model))
}

/** For each element of one input of Concat its place in the output. */
export function concatMap(node: Node, model: StaticModel, input: number): Int32Array {
  return placesInConcat(factsOf(node, model), input)
}

/** Output elements as weighted sums: AveragePool, GlobalAveragePool, ReduceMean, ReduceSum, Resize (linear, cubic). */
export function linearWindows(node: Node, model: StaticModel): Windows {
  const { linear } = definitionOfNode(node)
  return (linear ?? noTable(node, 'linear windows'))(factsOf(node, model))
}

/** Output elements as extremes, sources in ONNX scan order: MaxPool, GlobalMaxPool, ReduceMax, ReduceMin, LogSumExpPool, GlobalLogSumExpPool. */
export function maxWindows(node: Node, model: StaticModel): Windows {
  const { extreme } = definitionOfNode(node)
  return (extreme ?? noTable(node, 'max windows'))(factsOf(node, model))
}

/** Conv and ConvTranspose of any rank; see `ConvGeometry`. */
export function convGeometry(node: Node, model: StaticModel): ConvGeometry {
  return convGeometryOf(factsOf(node, model))
}

/** MatMul and Gemm; see `MatmulGeometry`. */
export function matmulGeometry(node: Node, model: StaticModel): MatmulGeometry {
  return matmulGeometryOf(factsOf(node, model))
}

/** Softmax, LogSoftmax, LayerNormalization, InstanceNormalization, GroupNormalization, BatchNormalization, LRN; see `NormGeometry`. */
export function normGeometry(node: Node, model: StaticModel): NormGeometry {
  return normGeometryOf(factsOf(node, model))
}

/** The axes that a Reduce operator reduces, ascending. */
export function reduceAxes(node: Node, model: StaticModel): readonly number[] {
  return reducedAxes(factsOf(node, model))
}

function noTable(node: Node, table: string): never {
  throw new AgonError('AGON_INTERNAL', { what: table, expected: 'an operator that has one', found: nodeTitle(node) })
}
