import { assertPaired, correlationAbout, type Numbers } from './correlation.js'
import { AgonError } from './error.js'

/** Ranks 1 .. n of the values, ascending; equal values (0 and -0 are) share the mean of their ranks. Throws AGON_NOT_FINITE for NaN. */
export function ranks(values: Numbers): Float64Array {
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
 * Spearman's rank correlation: Pearson's correlation of the average ranks, in -1 .. 1 and exactly 1 for a and itself. Where one side is constant it is not
 * defined; here it is then 0, and 1 if both are. Throws AGON_BAD_INPUT for different lengths, AGON_NOT_FINITE for NaN.
 */
export function spearman(a: Numbers, b: Numbers): number {
  assertPaired("Spearman's correlation", a, b)
  // Ranks add up to n (n + 1) / 2 whatever the ties.
  const mean = (a.length + 1) / 2
  return correlationAbout(ranks(a), mean, ranks(b), mean)
}

function sortedOrder(values: Exclude<Numbers, Float32Array>): Uint32Array {
  return Uint32Array.from(values.keys()).sort((i, j) => values[i]! - values[j]!)
}

/** Places of the values in ascending order, by three passes over 11 bits of a key that orders as float32 does: far faster than comparing. */
function radixOrder(values: Float32Array): Uint32Array {
  const keys = orderedKeys(values)
  let [order, next] = [new Uint32Array(keys.length), new Uint32Array(keys.length)]
  for (let i = 0; i < order.length; i++) order[i] = i
  for (const shift of [0, 11, 22]) {
    sortByDigit(keys, shift, order, next)
    ;[order, next] = [next, order]
  }
  return order
}

/** Whole numbers in the order of the values: bits of a float32 with the sign turned, all of them where it is negative. */
function orderedKeys(values: Float32Array): Uint32Array {
  const keys = new Uint32Array(values.slice().buffer)
  for (let i = 0; i < keys.length; i++) keys[i] = keys[i]! >>> 31 ? ~keys[i]! : keys[i]! | 0x80000000
  return keys
}

/** Writes the places of `order` to `next`, by 11 bits of their keys; places whose bits are equal stay in order. */
function sortByDigit(keys: Uint32Array, shift: number, order: Uint32Array, next: Uint32Array): void {
  const start = new Uint32Array(2049)
  for (let i = 0; i < keys.length; i++) start[((keys[i]! >>> shift) & 2047) + 1]!++
  for (let digit = 1; digit < 2049; digit++) start[digit]! += start[digit - 1]!
  for (let i = 0; i < order.length; i++) {
    const place = order[i]!
    const digit = (keys[place]! >>> shift) & 2047
    next[start[digit]!++] = place
  }
}

function notANumber(place: number): AgonError {
  return new AgonError('AGON_NOT_FINITE', {
    what: 'values to be ranked',
    expected: 'numbers',
    found: `NaN at ${place}`
  })
}
