/**
 * Two 32-bit numbers that stand for float32 values bit for bit (each word is mixed into two running words, from two starts): keys of a random stream that is to depend on what an example
 * holds, not on its place in a batch.
 */
export function bitsOf(values: Float32Array): readonly [number, number] {
  const words = new Uint32Array(values.slice().buffer)
  let [a, b] = [0x811c9dc5, 0x9e3779b9]
  for (const word of words) {
    a = mixed(a ^ word)
    b = mixed(b ^ word)
  }
  return [a >>> 0, b >>> 0]
}

/** A bijection of 32-bit numbers in which every bit moves every other (the finaliser of MurmurHash3). */
function mixed(word: number): number {
  let h = word ^ (word >>> 16)
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
