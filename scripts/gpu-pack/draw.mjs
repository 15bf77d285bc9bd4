// Weights that a pack does not carry: cuda/bench/draw.h draws the same numbers, bit for bit.

const mid = 510
const spread = 147.80054127099805

/** The finaliser of MurmurHash3 (Appleby, public domain). */
export function mix(h) {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** Number i is mean + deviation * (the sum of the four bytes of mix(seed + i), made to mean 0 and deviation 1). */
export function draw(size, { seed, mean, deviation }) {
  const scale = deviation / spread
  const numbers = new Float32Array(size)
  // A plain loop: nets have 10^8 weights, for which from() and reduce() take minutes.
  for (let i = 0; i < size; i++) {
    const h = mix((seed + i) >>> 0)
    const sum = (h & 255) + ((h >>> 8) & 255) + ((h >>> 16) & 255) + (h >>> 24)
    numbers[i] = mean + (sum - mid) * scale
  }
  return numbers
}

/** The law whose mean and deviation (rounded to float32) are those of some numbers. */
export function lawOf(numbers, seed) {
  let [total, squares] = [0, 0]
  for (let i = 0; i < numbers.length; i++) total += numbers[i]
  const mean = total / numbers.length
  for (let i = 0; i < numbers.length; i++) squares += (numbers[i] - mean) ** 2
  return { seed: mix(seed), mean: Math.fround(mean), deviation: Math.fround(Math.sqrt(squares / numbers.length)) }
}
