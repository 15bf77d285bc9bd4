import { numberOf } from '../attributes.js'
import type { Facts, Shape } from '../facts.js'
import { sizeOf } from '@agon/core'
import { gemmFacts, matmulFacts } from '../shape/matrix.js'
import { expandMap } from './moves.js'

/**
 * MatMul and Gemm: for each b < batch, Y_b [m, n] = alpha op(A_{aBatch[b]}) op(B_{bBatch[b]}) + beta C. Matrix i of A starts
 * at element i * m * k, of B at i * k * n, of Y at i * m * n. op(A) is [m, k]: A is stored [k, m] if transA; op(B) is
 * [k, n]: B is stored [n, k] if transB. `cMap` gives for each element of Y the element of C; it is absent if there is no C
 * or if C is shaped like Y.
 */
export interface MatmulGeometry {
  readonly batch: number
  readonly m: number
  readonly k: number
  readonly n: number
  readonly aBatch: Int32Array
  readonly bBatch: Int32Array
  readonly transA: boolean
  readonly transB: boolean
  readonly alpha: number
  readonly beta: number
  readonly cMap?: Int32Array
}

export function matmulGeometryOf(facts: Facts): MatmulGeometry {
  const gemm = facts.node.op === 'Gemm'
  const { m, k, n, transA, transB, batchA, batchB, batch } = gemm ? gemmFacts(facts) : matmulFacts(facts)
  const maps = { aBatch: expandMap(batchA, batch), bBatch: expandMap(batchB, batch) }
  const cMap = gemm && facts.inputs[2] ? broadcastMap(facts.inputs[2].shape, [m, n]) : undefined
  const [alpha, beta] = gemm ? [numberOf(facts, 'alpha'), numberOf(facts, 'beta')] : [1, 0]
  return { batch: sizeOf(batch), m, k, n, ...maps, transA, transB, alpha, beta, ...(cMap ? { cMap } : {}) }
}

/** For each element of a value of shape `to` the element of one of shape `from` that broadcasts to it; `undefined` if they are the same elements. */
export function broadcastMap(from: Shape, to: Shape): Int32Array | undefined {
  return sizeOf(from) === sizeOf(to) ? undefined : expandMap(from, to)
}
