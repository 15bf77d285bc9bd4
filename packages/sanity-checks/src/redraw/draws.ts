import type { Random } from '@agon/core'

/** `size` numbers, normal with a standard deviation. */
export function normal(size: number, deviation: number, random: Random): Float32Array {
  const data = new Float32Array(size)
  random.normals(data)
  for (let i = 0; i < size; i++) data[i] = deviation * data[i]!
  return data
}

/** `size` numbers, uniform in -limit .. limit. */
export function uniform(size: number, limit: number, random: Random): Float32Array {
  const data = new Float32Array(size)
  for (let i = 0; i < size; i++) data[i] = limit * (2 * random.uniform() - 1)
  return data
}

/** `size` numbers, normal with the standard deviation `sigma`, those beyond 2 sigma drawn again. */
export function truncatedNormal(size: number, sigma: number, random: Random): Float32Array {
  const data = new Float32Array(size)
  const drawn = new Float32Array(Math.min(size + 16, 65536))
  for (let filled = 0; filled < size;) {
    random.normals(drawn)
    for (let k = 0; k < drawn.length && filled < size; k++) {
      if (Math.abs(drawn[k]!) <= 2) data[filled++] = sigma * drawn[k]!
    }
  }
  return data
}

/** The same numbers in a random order. */
export function permuted(data: Float32Array, random: Random): Float32Array {
  const order = Float32Array.from(data)
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
  return order
}
