/** Philox4x32-10: four 32-bit words of output for a counter of four words and a key of two (Salmon et al. 2011). */
export function philox(counter: readonly number[], key: readonly [number, number]): number[] {
  const words = new Int32Array(pair)
  philoxWords(words, pair, counter, key)
  return Array.from(words.subarray(0, 4), (word) => word >>> 0).reverse()
}

/** Words of two counters: they are made side by side, for neither to wait for its last product. */
export const pair = 8

/** The words of a counter and those after it over the first `count` of `words`, in pairs: four for each counter, the last one first. */
export function philoxWords(
  words: Int32Array,
  count: number,
  [first = 0, second = 0, third = 0, fourth = 0]: readonly number[],
  [firstKey, secondKey]: readonly [number, number]
): void {
  let low = first | 0
  let high = second | 0
  for (let i = 0; i < count; i += pair) {
    let a = low
    let b = high
    let c = third | 0
    let d = fourth | 0
    let nextA = (low + 1) | 0
    let nextB = nextA === 0 ? (high + 1) | 0 : high
    let nextC = c
    let nextD = d
    let key0 = firstKey | 0
    let key1 = secondKey | 0
    for (let round = 0; round < 10; round++) {
      const toC = multiplyHigh(0xd251, 0x1f53, a) ^ d ^ key1
      const toNextC = multiplyHigh(0xd251, 0x1f53, nextA) ^ nextD ^ key1
      d = Math.imul(0xd2511f53 | 0, a)
      nextD = Math.imul(0xd2511f53 | 0, nextA)
      a = multiplyHigh(0xcd9e, 0x8d57, c) ^ b ^ key0
      nextA = multiplyHigh(0xcd9e, 0x8d57, nextC) ^ nextB ^ key0
      b = Math.imul(0xcd9e8d57 | 0, c)
      nextB = Math.imul(0xcd9e8d57 | 0, nextC)
      c = toC
      nextC = toNextC
      key0 = (key0 + 0x9e3779b9) | 0
      key1 = (key1 + 0xbb67ae85) | 0
    }
    words[i] = d
    words[i + 1] = c
    words[i + 2] = b
    words[i + 3] = a
    words[i + 4] = nextD
    words[i + 5] = nextC
    words[i + 6] = nextB
    words[i + 7] = nextA
    const after = (low + 2) | 0
    if (after >>> 0 < low >>> 0) high = (high + 1) | 0
    low = after
  }
}

/** High 32 bits of the 64-bit product of two unsigned 32-bit numbers, from products of 16-bit halves: no sum exceeds 32 bits. */
function multiplyHigh(xHigh: number, xLow: number, y: number): number {
  const yHigh = y >>> 16
  const yLow = y & 0xffff
  const middle = (Math.imul(xHigh, yLow) + (Math.imul(xLow, yLow) >>> 16)) | 0
  const cross = (Math.imul(xLow, yHigh) + (middle & 0xffff)) | 0
  return (Math.imul(xHigh, yHigh) + (middle >>> 16) + (cross >>> 16)) | 0
}
