import { sizeOf, type Node } from '@agon/core'
import { numberAttribute } from '@agon/graph'
import type { Fans } from './layer.js'
import type { Slot } from './slots.js'

/**
 * Fans of a weight: Conv [co, ci/g, k...] in = ci/g k, out = co/g k; ConvTranspose [ci, co/g, k...] in = ci/g k / strides (not every tap meets every position),
 * out = co/g k; Gemm and MatMul by the axis that is summed, whatever is transposed.
 */
export function fansOf({ node, input, role, view: { shape } }: Slot): Fans | undefined {
  if (role !== 'weight') return undefined
  if (node.op === 'Conv') return convFans(node, shape)
  if (node.op === 'ConvTranspose') return transposedFans(node, shape)
  if (shape.length === 1) return { in: shape[0]!, out: 1 }
  const [rows, columns] = shape.slice(-2) as [number, number]
  const isTurned = node.op === 'Gemm' && numberAttribute(node, input === 0 ? 'transA' : 'transB') === 1
  // The left factor is summed over its columns, the right one over its rows.
  return (input === 0) === isTurned ? { in: rows, out: columns } : { in: columns, out: rows }
}

function convFans(node: Node, [out, perGroup, ...kernel]: readonly number[]): Fans {
  const taps = sizeOf(kernel)
  return { in: perGroup! * taps, out: (out! / numberAttribute(node, 'group')) * taps }
}

function transposedFans(node: Node, [channelsIn, perGroup, ...kernel]: readonly number[]): Fans {
  const taps = sizeOf(kernel)
  const strides = node.attributes.strides
  const stride = Array.isArray(strides) ? sizeOf(strides as readonly number[]) : 1
  const terms = (channelsIn! / numberAttribute(node, 'group')) * taps
  return { in: Math.max(1, terms / stride), out: perGroup! * taps }
}
