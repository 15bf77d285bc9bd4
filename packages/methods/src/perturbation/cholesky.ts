/**
 * The factor L of a symmetric positive definite matrix A = L L^T, both `[n, n]` row-major and L in place of A's lower triangle (Cholesky), or `undefined` if a pivot
 * falls below 1e-10 of its diagonal element: then A is singular as far as rounding can tell, which a library's test for positive pivots would not see.
 */
export function factorized(a: Float64Array, n: number): Float64Array | undefined {
  const l = a.slice()
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = l[i * n + j]!
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!
      if (j < i) l[i * n + j] = sum / l[j * n + j]!
      else if (sum > 1e-10 * a[i * n + i]!) l[i * n + i] = Math.sqrt(sum)
      else return undefined
    }
  }
  return l
}

/** x with L L^T x = b. */
export function solved(l: Float64Array, b: Float64Array): Float64Array {
  const n = b.length
  const x = b.slice()
  for (let i = 0; i < n; i++) {
    let sum = x[i]!
    for (let k = 0; k < i; k++) sum -= l[i * n + k]! * x[k]!
    x[i] = sum / l[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * x[k]!
    x[i] = sum / l[i * n + i]!
  }
  return x
}
