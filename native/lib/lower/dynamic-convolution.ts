import { convGeometry, type ConvGeometry } from '@agon/graph'
import type { Node } from '@agon/core'
import { functions } from '../functions.js'
import type { Builder } from './builder.js'
import { axisMap } from './maps.js'

/** Convolutions whose weights or bias depend on the model's input: as products of matrices, one per group. */

/** Columns of x [Ci/g taps, positionsOut] per group, then y = w columns. */
export function emitDynamicConv(node: Node, to: Builder): void {
  const geometry = convGeometry(node, to.model)
  const { groups, channelsIn, channelsOut, positionsOut, taps } = geometry
  const columns = to.temporary(channelsIn * taps * positionsOut)
  to.emit('Gather', [to.id(node.inputs[0]!)], columns, { numbers: [0], tables: [columnSources(geometry)] })
  emitWithBias(node, to, (y) =>
    to.emit('MatMul', [to.id(node.inputs[1]!), columns], y, {
      ints: [groups, channelsOut / groups, (channelsIn / groups) * taps, positionsOut, 0, 0],
      numbers: [1, 0],
      tables: [each(groups), each(groups), new Int32Array()]
    })
  )
}

/** For each of [Ci, taps, positionsOut] the element of x, or -1 where the tap lies in the padding. */
function columnSources({
  channelsIn,
  positionsIn,
  positionsOut,
  taps,
  offsets,
  tap,
  position
}: ConvGeometry): Int32Array {
  const sources = new Int32Array(channelsIn * taps * positionsOut).fill(-1)
  for (let ci = 0; ci < channelsIn; ci++) {
    for (let o = 0; o < positionsOut; o++) {
      for (let k = offsets[o]!; k < offsets[o + 1]!; k++) {
        sources[(ci * taps + tap[k]!) * positionsOut + o] = ci * positionsIn + position[k]!
      }
    }
  }
  return sources
}

/** Columns w^T x [Co/g taps, positionsIn] per group, then y as sums over the columns that fall on each position. */
export function emitDynamicConvTranspose(node: Node, to: Builder): void {
  const geometry = convGeometry(node, to.model)
  const { groups, channelsIn, channelsOut, positionsIn, positionsOut, taps } = geometry
  const columns = to.temporary(channelsOut * taps * positionsIn)
  to.emit('MatMul', [to.id(node.inputs[1]!), to.id(node.inputs[0]!)], columns, {
    ints: [groups, (channelsOut / groups) * taps, channelsIn / groups, positionsIn, 1, 0],
    numbers: [1, 0],
    tables: [each(groups), each(groups), new Int32Array()]
  })
  emitWithBias(node, to, (y) =>
    to.emit('Sum', [columns], y, { ints: [channelsOut, taps * positionsIn, positionsOut], tables: landing(geometry) })
  )
}

/** Per output position the columns, tap by tap, that fall on it: offsets and sources. */
function landing({ positionsIn, positionsOut, offsets, tap, position }: ConvGeometry): Int32Array[] {
  const lists = Array.from({ length: positionsOut }, (): number[] => [])
  for (let i = 0; i < positionsIn; i++) {
    for (let k = offsets[i]!; k < offsets[i + 1]!; k++) lists[position[k]!]!.push(tap[k]! * positionsIn + i)
  }
  const starts = new Int32Array(positionsOut + 1)
  lists.forEach(({ length }, o) => (starts[o + 1] = starts[o]! + length))
  return [starts, Int32Array.from(lists.flat())]
}

/** Emits y, or y before the bias and then the sum. */
function emitWithBias(node: Node, to: Builder, emit: (y: number) => void): void {
  const [y, bias] = [to.id(node.outputs[0]!), node.inputs[2]]
  if (!bias) return emit(y)
  const shape = to.shape(node.outputs[0]!)
  const map = axisMap(shape, 1)
  const product = to.temporary(map.length)
  emit(product)
  to.emit('Binary', [product, to.id(bias)], y, { ints: [functions.indexOf('Add')], tables: [new Int32Array(), map] })
}

function each(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i)
}
