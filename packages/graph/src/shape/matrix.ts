import { numberOf } from '../attributes.js'
import { badNode, formatShapes } from '../errors.js'
import type { Infer, Operands, Shape } from '../facts.js'
import { input } from '../operands.js'
import { broadcastShape } from './broadcast.js'
import { needRank } from './elementwise.js'

/** A (possibly batched) matrix product: op(A) [m, k] times op(B) [k, n]. */
export interface ProductFacts {
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transA: boolean
  readonly transB: boolean
  /** Batch axes of both, and of the result. */
  readonly batchA: Shape
  readonly batchB: Shape
  readonly batch: Shape
  readonly shape: Shape
}

/** MatMul by numpy's rule: a vector on the left is a row, on the right a column, and loses that axis again. */
export function matmulFacts(operands: Operands): ProductFacts {
  needRank(operands, 0, 1)
  needRank(operands, 1, 1)
  const [a, b] = [input(operands, 0).shape, input(operands, 1).shape]
  const left = a.length === 1 ? [1, a[0]!] : a
  const right = b.length === 1 ? [b[0]!, 1] : b
  const [m, k, n] = [left.at(-2)!, left.at(-1)!, right.at(-1)!]
  if (right.at(-2) !== k)
    throw badNode(operands.node, 'inputs', { expected: 'equal inner extents', found: formatShapes([a, b]) })
  const [batchA, batchB] = [left.slice(0, -2), right.slice(0, -2)]
  const batch = broadcastShape(operands, [batchA, batchB])
  const shape = [...batch, ...(a.length === 1 ? [] : [m]), ...(b.length === 1 ? [] : [n])]
  return { m, k, n, transA: false, transB: false, batchA, batchB, batch, shape }
}

/** Gemm: alpha op(A) op(B) + beta C, C broadcast to [m, n]. */
export function gemmFacts(operands: Operands): ProductFacts {
  const [a, b] = [input(operands, 0).shape, input(operands, 1).shape]
  const [transA, transB] = [numberOf(operands, 'transA') !== 0, numberOf(operands, 'transB') !== 0]
  const [m, k] = transA ? [a[1]!, a[0]!] : [a[0]!, a[1]!]
  const [depth, n] = transB ? [b[1]!, b[0]!] : [b[0]!, b[1]!]
  if (a.length !== 2 || b.length !== 2 || depth !== k) {
    throw badNode(operands.node, 'inputs', {
      expected: 'two matrices with equal inner extents',
      found: formatShapes([a, b])
    })
  }
  return { m, k, n, transA, transB, batchA: [], batchB: [], batch: [], shape: [m, n] }
}

export const inferMatMul: Infer = (operands) => [
  { shape: matmulFacts(operands).shape, dtype: input(operands, 0).dtype }
]

export const inferGemm: Infer = (operands) => {
  const { shape } = gemmFacts(operands)
  const bias = operands.inputs[2]?.shape
  if (bias !== undefined && broadcastShape(operands, [shape, bias]).join() !== shape.join()) {
    throw badNode(operands.node, 'C', {
      expected: `a shape that broadcasts to ${formatShapes([shape])}`,
      found: formatShapes([bias])
    })
  }
  return [{ shape, dtype: input(operands, 0).dtype }]
}
