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
export function fillWithNormals(into: Float32Array | Float64Array, uint32: () => number): void {
  for (let i = 0; i < into.length; i++) {
    const word = uint32() | 0
    const layer = word & (layers - 1)
    const share = ((word >> 8) + 0.5) / 2 ** 23
    const x = share * right[layer]!
    into[i] = Math.abs(x) < right[layer + 1]! ? x : atTheRim(layer, x, uint32)
  }
}

/** What becomes of a point that is not wholly inside its layer: it stays if it is under the curve; else a new one is drawn. */
function atTheRim(layer: number, x: number, uint32: () => number): number {
  for (;;) {
    if (layer === 0) return x < 0 ? -tail(uint32) : tail(uint32)
    const y = height[layer]! + openUniform(uint32) * (height[layer + 1]! - height[layer]!)
    if (y < density(x)) return x
    const word = uint32() | 0
    layer = word & (layers - 1)
    x = (((word >> 8) + 0.5) / 2 ** 23) * right[layer]!
    if (Math.abs(x) < right[layer + 1]!) return x
  }
}

/** A normal beyond the edge (Marsaglia 1964). */
function tail(uint32: () => number): number {
  for (;;) {
    const x = -Math.log(openUniform(uint32)) / edge
    if (-2 * Math.log(openUniform(uint32)) > x * x) return edge + x
  }
}

/** Uniform in (0, 1). */
function openUniform(uint32: () => number): number {
  return (uint32() + 0.5) / 2 ** 32
}
