import { sizeOf } from '@agon/core'
import { numberOf } from '../attributes.js'
import { normalAxis } from '../axes.js'
import { AgonError } from '@agon/core'
import { nodeTitle } from '../errors.js'
import type { Facts } from '../facts.js'
import { input } from '../operands.js'

/** A value seen as [outer, extent, inner], row-major; what is normalised is `extent`. */
export interface NormGeometry {
  readonly outer: number
  readonly extent: number
  readonly inner: number
}

/**
 * Softmax, LogSoftmax: along their axis. LayerNormalization: all axes from `axis` on (inner 1). InstanceNormalization: the positions of each
 * channel (outer N*C, inner 1). GroupNormalization: the channels and positions of each group (outer N*groups, inner 1).
 * BatchNormalization, LRN: the channels (outer N, inner positions).
 */
export function normGeometryOf(facts: Facts): NormGeometry {
  const { shape } = input(facts, 0)
  const around = (from: number, to: number): NormGeometry => ({
    outer: sizeOf(shape.slice(0, from)),
    extent: sizeOf(shape.slice(from, to)),
    inner: sizeOf(shape.slice(to))
  })
  const axis = () => normalAxis(facts, numberOf(facts, 'axis'), shape.length)
  switch (facts.node.op) {
    case 'Softmax':
    case 'LogSoftmax':
      return around(axis(), axis() + 1)
    case 'LayerNormalization':
      return around(axis(), shape.length)
    case 'InstanceNormalization':
      return around(2, shape.length)
    case 'GroupNormalization': {
      const outer = shape[0]! * numberOf(facts, 'num_groups')
      return { outer, extent: sizeOf(shape) / outer, inner: 1 }
    }
    case 'BatchNormalization':
    case 'LRN':
      return around(1, 2)
    default:
      throw new AgonError('AGON_INTERNAL', {
        what: 'normGeometry',
        expected: 'a normalisation',
        found: nodeTitle(facts.node)
      })
  }
}
