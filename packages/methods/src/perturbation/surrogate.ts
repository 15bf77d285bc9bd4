import { factorized } from './cholesky.js'

/** Copies in which some segments of an example are on, and how much each counts. */
export interface Coalitions {
  readonly segments: number
  /** `[copies, segments]`, 1 where on. */
  readonly on: Uint8Array
  readonly weights: Float64Array
}

/** Weighted least squares on the copies of an example: its terms of a copy, `size` of them, and the factor of their normal matrix. */
export interface Design {
  readonly size: number
  /** Writes the terms of copy k. */
  row(k: number, into: Float64Array): void
  readonly factor: Float64Array
}

/** The switches of copy k. */
export function switchesOf({ on, segments }: Coalitions, k: number): Uint8Array {
  return on.subarray(k * segments, (k + 1) * segments)
}

/** Bytes of the coalitions of an example, and of the normal matrix and its factor. */
export function surrogateBytes(segments: number, copies: number): number {
  return (segments + 8) * copies + 16 * segments * segments
}

/** The design of these rows, the ridge added to the diagonal of the normal matrix; `undefined` where the rows leave some coefficient open. */
export function designOf(
  { weights }: Coalitions,
  size: number,
  row: (k: number, into: Float64Array) => void,
  ridge = 0
): Design | undefined {
  const normal = new Float64Array(size * size)
  for (let i = 0; i < size; i++) normal[i * size + i] = ridge
  const terms = new Float64Array(size)
  weights.forEach((weight, k) => {
    row(k, terms)
    for (let i = 0; i < size; i++) {
      const weighted = weight * terms[i]!
      if (weighted === 0) continue
      for (let j = 0; j <= i; j++) normal[i * size + j] = normal[i * size + j]! + weighted * terms[j]!
    }
  })
  const factor = factorized(normal, size)
  return factor && { size, row, factor }
}

/** What a copy adds to the right hand sides: for every coefficient, weight times term times score. */
export function rightHandSides({ row, size }: Design, { weights }: Coalitions) {
  const terms = new Float64Array(size)
  return (k: number, add: (sum: number, weight: number) => void): void => {
    row(k, terms)
    for (let i = 0; i < size; i++) if (terms[i] !== 0) add(i, weights[k]! * terms[i]!)
  }
}
