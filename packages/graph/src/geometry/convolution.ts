import { sizeOf } from '@agon/core'
import { nodeTitle } from '../errors.js'
import type { Facts } from '../facts.js'
import { convFacts, convTransposeFacts, type ConvFacts } from '../shape/convolution.js'
import { slideTaps } from './pooling.js'
import { combineTaps } from './taps.js'

/**
 * A convolution of any rank. Conv: output position o sums over k in offsets[o]..offsets[o+1]-1, and over the channels ci of
 * the group of co: x[ci, position[k]] * w[co, ci, tap[k]]. ConvTranspose: `offsets` runs over *input* positions i, and
 * y[co, position[k]] += x[ci, i] * w[ci, co, tap[k]]. Taps count the kernel in row-major order.
 */
export interface ConvGeometry {
  readonly groups: number
  readonly channelsIn: number
  readonly channelsOut: number
  readonly positionsIn: number
  readonly positionsOut: number
  readonly taps: number
  readonly offsets: Int32Array
  readonly tap: Int32Array
  readonly position: Int32Array
}

export function convGeometryOf(facts: Facts): ConvGeometry {
  const transposed = facts.node.op === 'ConvTranspose'
  const conv = transposed ? convTransposeFacts(facts) : convFacts(facts)
  const { offsets, tap, position } = combineTaps(
    nodeTitle(facts.node),
    conv.slides.map((slide) => slideTaps(nodeTitle(facts.node), slide))
  )
  return { ...extents(conv, transposed), offsets, tap, position }
}

function extents({ groups, channelsIn, channelsOut, kernel, slides }: ConvFacts, transposed: boolean) {
  const [whole, slid] = [sizeOf(slides.map((slide) => slide.in)), sizeOf(slides.map(({ out }) => out))]
  const [positionsIn, positionsOut] = transposed ? [slid, whole] : [whole, slid]
  return { groups, channelsIn, channelsOut, positionsIn, positionsOut, taps: sizeOf(kernel) }
}
