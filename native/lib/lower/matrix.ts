import { matmulGeometry } from '@agon/graph'
import type { Lower, LowerTable } from './builder.js'

/** y = alpha op(a) op(b) + beta c, for each matrix of the batch. */
const product: Lower = (node, to) => {
  const { batch, m, k, n, transA, transB, alpha, beta, aBatch, bBatch, cMap } = matmulGeometry(node, to.model)
  const inputs = node.inputs.filter((name) => name !== '').map((name) => to.id(name))
  to.emit('MatMul', inputs, to.id(node.outputs[0]!), {
    ints: [batch, m, k, n, Number(transA), Number(transB)],
    numbers: [alpha, beta],
    tables: [aBatch, bBatch, cMap ?? new Int32Array()]
  })
}

export const matrices: LowerTable = { MatMul: product, Gemm: product }
