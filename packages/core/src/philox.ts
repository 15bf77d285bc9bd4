/** Philox4x32-10: four 32-bit words of output for a counter of four words and a key of two (Salmon et al. 2011). */
export function philox(counter: readonly number[], [key0, key1]: readonly [number, number]): number[] {
  let [a, b, c, d] = counter as [number, number, number, number]
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, a)
    const low0 = Math.imul(0xd2511f53, a)
    const high1 = multiplyHigh(0xcd9e8d57, c)
    const low1 = Math.imul(0xcd9e8d57, c)
    ;[a, b, c, d] = [high1 ^ b ^ key0, low1, high0 ^ d ^ key1, low0]
    key0 = (key0 + 0x9e3779b9) | 0
    key1 = (key1 + 0xbb67ae85) | 0
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0]
}

/** High 32 bits of the 64-bit product of two unsigned 32-bit numbers. */
function multiplyHigh(x: number, y: number): number {
  const [xHigh, xLow, yHigh, yLow] = [x >>> 16, x & 0xffff, y >>> 16, y & 0xffff]
  const middle = xHigh * yLow + Math.floor((xLow * yLow) / 65536)
  const cross = xLow * yHigh + (middle % 65536)
  return (xHigh * yHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0
}
