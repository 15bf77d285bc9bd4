/** Philox4x32-10: four 32-bit words of output for a counter of four words and a key of two (Salmon et al. 2011). */
export function philox(counter: readonly number[], key: readonly [number, number]): number[] {
  const words = new Int32Array(4)
  philoxWords(words, 4, counter, key)
  return Array.from(words, (word) => word >>> 0).reverse()
}

/** The words of a counter and those after it over the first `count` of `words`: four for each counter, the last one first. */
export function philoxWords(
  words: Int32Array,
  count: number,
  [first = 0, second = 0, third = 0, fourth = 0]: readonly number[],
  [firstKey, secondKey]: readonly [number, number]
): void {
  for (let i = 0, low = first | 0, high = second | 0; i < count; i += 4) {
    let [a, b, c, d] = [low, high, third | 0, fourth | 0]
    let [key0, key1] = [firstKey | 0, secondKey | 0]
    for (let round = 0; round < 10; round++) {
      const high0 = multiplyHigh(0xd251, 0x1f53, a)
      const high1 = multiplyHigh(0xcd9e, 0x8d57, c)
      const low0 = Math.imul(0xd2511f53 | 0, a)
      const low1 = Math.imul(0xcd9e8d57 | 0, c)
      a = high1 ^ b ^ key0
      b = low1
      c = high0 ^ d ^ key1
      d = low0
      key0 = (key0 + 0x9e3779b9) | 0
      key1 = (key1 + 0xbb67ae85) | 0
    }
    words[i] = d
    words[i + 1] = c
    words[i + 2] = b
    words[i + 3] = a
    low = (low + 1) | 0
    if (low === 0) high = (high + 1) | 0
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
