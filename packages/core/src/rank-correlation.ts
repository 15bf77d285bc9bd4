import { AgonError } from './error.js'

/** Ranks 1 .. n of the values, ascending; equal values (0 and -0 are) share the mean of their ranks. Throws AGON_NOT_FINITE for NaN. */
export function ranks(values: Float32Array | readonly number[]): Float64Array {
  const order = values instanceof Float32Array ? radixOrder(values) : sortedOrder(values)
  const found = new Float64Array(values.length)
  for (let from = 0; from < order.length;) {
    const value = values[order[from]!]!
    if (Number.isNaN(value)) throw notANumber(order[from]!)
    let to = from + 1
    while (to < order.length && values[order[to]!] === value) to++
    for (let place = from; place < to; place++) found[order[place]!] = (from + 1 + to) / 2
    from = to
  }
  return found
}

/**
 * Spearman's rank correlation: Pearson's correlation of the average ranks, in -1 .. 1. Where one side is constant it is not defined; here it is
 * then 0, and 1 if both are. Throws AGON_BAD_INPUT for different lengths, AGON_NOT_FINITE for NaN.
 */
export function spearman(a: Float32Array | readonly number[], b: Float32Array | readonly number[]): number {
  if (a.length !== b.length) {
    const [expected, found] = [`${a.length} values on both sides`, `${b.length} on the second`]
    throw new AgonError('AGON_BAD_INPUT', { what: "Spearman's correlation", expected, found })
  }
  const [first, second] = [ranks(a), ranks(b)]
  // Ranks add up to n (n + 1) / 2 whatever the ties.
  const mean = (a.length + 1) / 2
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [first[i]! - mean, second[i]! - mean]
    ab += x * y
    aa += x * x
    bb += y * y
  }
  if (aa === 0 || bb === 0) return aa === bb ? 1 : 0
  return ab / Math.sqrt(aa * bb)
}

function sortedOrder(values: readonly number[]): Uint32Array {
  return Uint32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!)
}

/** Places of the values in ascending order, by three passes over 11 bits of a key that orders as float32 does: far faster than comparing. */
function radixOrder(values: Float32Array): Uint32Array {
  const keys = new Uint32Array(values.slice().buffer)
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! >>> 31 ? ~keys[i]! : keys[i]! | 0x80000000
  let [order, next] = [Uint32Array.from(keys.keys()), new Uint32Array(keys.length)]
  for (const shift of [0, 11, 22]) {
    const start = new Uint32Array(2049)
    for (const key of keys) start[((key >>> shift) & 2047) + 1]!++
    for (let digit = 1; digit < 2049; digit++) start[digit] = start[digit]! + start[digit - 1]!
    for (const place of order) {
      const digit = (keys[place]! >>> shift) & 2047
      next[start[digit]!] = place
      start[digit] = start[digit]! + 1
    }
    ;[order, next] = [next, order]
  }
  return order
}

function notANumber(place: number): AgonError {
  return new AgonError('AGON_NOT_FINITE', {
    what: 'values to be ranked',
    expected: 'numbers',
    found: `NaN at ${place}`
  })
}
