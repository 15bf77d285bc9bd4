import { matmulGeometry, type MatmulGeometry } from '@agon/graph'
import { addAt } from './add-at.js'
import type { NodeContext, Operator, OperatorTable, Values } from './operator.js'

/**
 * Y_b = alpha op(A) op(B) + beta C for every matrix b of a batch, Y [m, n]. dA, dB and dC follow entry by entry:
 * d op(A)[i,l] += alpha dY[i,j] op(B)[l,j],  d op(B)[l,j] += alpha dY[i,j] op(A)[i,l],  dC += beta dY.
 */
const product: Operator = {
  forward: ([a, b, c], context) => {
    const geometry = geometryOf(context)
    const { batch, m, n, alpha, beta } = geometry
    const at = elementOfC(geometry)
    const y = new Float64Array(batch * m * n).map((_, e) => (c === undefined ? 0 : beta * c[at(e)]!))
    eachTerm(geometry, (e, ofA, ofB) => (y[e] = y[e]! + alpha * a![ofA]! * b![ofB]!))
    return [y]
  },
  vjp: ([a, b, c], _, [dy], context) => {
    const geometry = geometryOf(context)
    const { alpha } = geometry
    const da = new Float64Array(a!.length)
    const db = new Float64Array(b!.length)
    const [wantsA, wantsB, g] = [context.wanted(0), context.wanted(1), context.factor(dy!)]
    const [factorA, factorB] = [wantsB ? context.factor(a!) : a!, wantsA ? context.factor(b!) : b!]
    if (wantsA) eachTerm(geometry, (e, ofA, ofB) => (da[ofA] = da[ofA]! + alpha * g[e]! * factorB[ofB]!))
    if (wantsB) eachTerm(geometry, (e, ofA, ofB) => (db[ofB] = db[ofB]! + alpha * g[e]! * factorA[ofA]!))
    return [da, db, context.wanted(2) ? ofC(geometry, dy!, c!.length) : undefined]
  }
}

function ofC(geometry: MatmulGeometry, dy: Values, size: number): Values {
  const at = elementOfC(geometry)
  return addAt(
    dy.map((_, e) => at(e)),
    dy.map((value) => geometry.beta * value),
    size
  )
}

function elementOfC({ cMap }: MatmulGeometry): (e: number) => number {
  return (e) => (cMap === undefined ? e : cMap[e]!)
}

function geometryOf(context: NodeContext): MatmulGeometry {
  return context.table('matmul', matmulGeometry)
}

/** Calls `see` with the elements of Y, A and B of every product of two numbers that the result is a sum of. */
function eachTerm(geometry: MatmulGeometry, see: (ofY: number, ofA: number, ofB: number) => void): void {
  const { batch, m, k, n, aBatch, bBatch, transA, transB } = geometry
  const [rowA, columnA] = transA ? [1, m] : [k, 1]
  const [rowB, columnB] = transB ? [1, k] : [n, 1]
  for (let p = 0; p < batch; p++) {
    const [fromA, fromB] = [aBatch[p]! * m * k, bBatch[p]! * k * n]
    for (let i = 0; i < m; i++) {
      for (let l = 0; l < k; l++) {
        const ofA = fromA + i * rowA + l * columnA
        for (let j = 0; j < n; j++) see((p * m + i) * n + j, ofA, fromB + l * rowB + j * columnB)
      }
    }
  }
}

export const products: OperatorTable = { MatMul: product, Gemm: product }
