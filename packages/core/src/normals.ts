import type { Words } from './words.js'

/** 2^8 layers of equal area under exp(-x^2 / 2), x >= 0; the lowest one has the tail beyond `edge`. */
const layers = 256
const edge = 3.6541528853610088
const area = 0.004928673233974655

/** Layer i reaches from 0 to right[i], and lies wholly under the curve up to right[i + 1]. height[i]: the curve at right[i]. */
const { right, height } = tables()

function tables() {
  const right = new Float64Array(layers + 1)
  const height = new Float64Array(layers + 1)
  right[0] = area / density(edge)
  right[1] = edge
  for (let i = 2; i < layers; i++) right[i] = Math.sqrt(-2 * Math.log(area / right[i - 1]! + density(right[i - 1]!)))
  for (let i = 1; i <= layers; i++) height[i] = density(right[i]!)
  return { right, height }
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x)
}

/**
 * Fills `into` with standard normals by the ziggurat of Marsaglia & Tsang 2000 ("The Ziggurat method for generating random variables"), from
 * words that are uniform in 0 .. 2^32 - 1: mostly one for each, whose lowest 8 bits say which layer and whose others where in it (Doornik
 * 2005: the two must not share bits).
 */
export function fillWithNormals(into: Float32Array | Float64Array, words: Words): void {
  for (let i = 0; i < into.length;) {
    if (words.at === words.end) words.make(into.length - i)
    i += fillInside(into, i, words)
    if (i < into.length && words.at < words.end) into[i++] = anyNormal(words)
  }
}

/** Fills `into` from `first` on until a point is not wholly inside its layer, whose word is left, or until no word is ready. Returns how many there are. */
function fillInside(into: Float32Array | Float64Array, first: number, words: Words): number {
  const { ready, at } = words
  const count = Math.min(into.length - first, words.end - at)
  let i = 0
  for (; i < count; i++) {
    const word = ready[at + i]!
    const layer = word & (layers - 1)
    const x = (((word >> 8) + 0.5) / 2 ** 23) * right[layer]!
    if (Math.abs(x) >= right[layer + 1]!) break
    into[first + i] = x
  }
  words.at += i
  return i
}

/** A point stays if it is under the curve; else a new one is drawn. */
function anyNormal(words: Words): number {
  for (;;) {
    const word = words.next() | 0
    const layer = word & (layers - 1)
    const x = (((word >> 8) + 0.5) / 2 ** 23) * right[layer]!
    if (Math.abs(x) < right[layer + 1]!) return x
    if (layer === 0) return x < 0 ? -tail(words) : tail(words)
    const y = height[layer]! + openUniform(words) * (height[layer + 1]! - height[layer]!)
    if (y < density(x)) return x
  }
}

/** A normal beyond the edge (Marsaglia 1964). */
function tail(words: Words): number {
  for (;;) {
    const x = -Math.log(openUniform(words)) / edge
    if (-2 * Math.log(openUniform(words)) > x * x) return edge + x
  }
}

/** Uniform in (0, 1). */
function openUniform(words: Words): number {
  return (words.next() + 0.5) / 2 ** 32
}
