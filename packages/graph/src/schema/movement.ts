import { joined, moved } from '../fold/movement.js'
import {
  depthToSpaceMap,
  expandMap,
  gatherIndexMap,
  sliceMap,
  spaceToDepthMap,
  splitMap,
  tileMap,
  transposeMap
} from '../geometry/moves.js'
import { inferPad, padMap } from '../geometry/pad.js'
import type { Facts } from '../facts.js'
import { input } from '../operands.js'
import {
  inferConcat,
  inferDepthToSpace,
  inferExpand,
  inferGather,
  inferSlice,
  inferSpaceToDepth,
  inferSplit,
  inferTile,
  inferTranspose
} from '../shape/movement.js'
import { define, int, ints, required, text, type Definition } from './schema.js'

type Given = Parameters<typeof define>[2]

const movement = (
  op: string,
  inputs: readonly [number, number],
  gather: (facts: Facts, output: number) => Int32Array,
  given: Given
): Definition => define(op, inputs, { gather, evaluate: moved(gather), ...given })

const expandOf = (facts: Facts): Int32Array => expandMap(input(facts, 0).shape, facts.outputs[0]!.shape)

/** Elements change places, or are repeated, dropped or padded. */
export const movements: readonly Definition[] = [
  define('Concat', [1, Infinity], { attributes: { axis: required('int') }, infer: inferConcat, evaluate: joined }),
  movement('Split', [1, 2], splitMap, {
    outputs: [1, Infinity],
    manyOutputs: true,
    attributes: { axis: int(0), num_outputs: int() },
    infer: inferSplit
  }),
  movement('Slice', [3, 5], sliceMap, { infer: inferSlice }),
  movement('Pad', [2, 4], padMap, { attributes: { mode: text('constant') }, infer: inferPad }),
  movement('Transpose', [1, 1], transposeMap, { attributes: { perm: ints() }, infer: inferTranspose }),
  movement('Expand', [2, 2], expandOf, { infer: inferExpand }),
  movement('Tile', [2, 2], tileMap, { infer: inferTile }),
  movement('Gather', [2, 2], gatherIndexMap, {
    attributes: { axis: int(0) },
    infer: inferGather,
    derivative: 'table only',
    note: 'exact where the indices are constant'
  }),
  movement('DepthToSpace', [1, 1], depthToSpaceMap, {
    attributes: { blocksize: required('int'), mode: text('DCR') },
    infer: inferDepthToSpace
  }),
  movement('SpaceToDepth', [1, 1], spaceToDepthMap, {
    attributes: { blocksize: required('int') },
    infer: inferSpaceToDepth
  })
]
