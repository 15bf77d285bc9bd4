import { sizeOf } from '@agon/core'

// Maps by the formulas of scripts/similarity-oracle/generate.py, bit for bit: whole numbers, and + - * / in float64, rounded to float32 once.

type Shape = readonly number[]

/** Uniform in -1 .. 1, steps of 2^-23. */
function noise(seed: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    let hash = (Math.imul(i, 0x9e3779b1) + Math.imul(seed, 0x85ebca77)) >>> 0
    for (const [shift, factor] of [
      [16, 0x85ebca6b],
      [13, 0xc2b2ae35],
      [16, 1]
    ] as const) {
      hash = Math.imul(hash ^ (hash >>> shift), factor) >>> 0
    }
    return (hash >>> 8) / 2 ** 23 - 1
  })
}

/** Four hills and hollows h / (1 + d^2 / w^2), the same in every channel but for the sign of every second. */
function blobs(seed: number, shape: Shape): Float64Array {
  const [, height, width] = shape as [number, number, number]
  const place = noise(seed, 16)
  return Float64Array.from({ length: sizeOf(shape) }, (_, i) => {
    const [channel, y, x] = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width]
    let value = 0
    for (let k = 0; k < 16; k += 4) {
      const [h, w] = [place[k]!, place[k + 1]!]
      const [dy, dx] = [(y / height - place[k + 2]!) * 3, (x / width - place[k + 3]!) * 3]
      value = value + h / (1 + (dy * dy + dx * dx) / (w * w + 0.02))
    }
    return channel % 2 === 0 ? value : value * -0.5
  })
}

const kinds: Readonly<Record<string, (seed: number, shape: Shape) => Float64Array>> = {
  noise: (seed, shape) => noise(seed, sizeOf(shape)),
  positive: (seed, shape) => noise(seed, sizeOf(shape)).map((value) => value * value),
  ties: (seed, shape) => noise(seed, sizeOf(shape)).map((value) => Math.floor(value * 4) / 4),
  sparse(seed, shape) {
    const kept = noise(seed + 1000, sizeOf(shape))
    return noise(seed, sizeOf(shape)).map((value, i) => (kept[i]! > 0.7 ? value : 0))
  },
  blobs,
  'noisy-blobs'(seed, shape) {
    const values = noise(seed, sizeOf(shape))
    return blobs(seed, shape).map((value, i) => value + 0.25 * values[i]!)
  },
  large: (seed, shape) => noise(seed, sizeOf(shape)).map((value) => 5000 + 30 * value),
  tiny: (seed, shape) => noise(seed, sizeOf(shape)).map((value) => value / 2 ** 40),
  checks(_, shape) {
    const [, height, width] = shape as [number, number, number]
    const cell = (i: number): number => Math.floor((Math.floor(i / width) % height) / 8) + Math.floor((i % width) / 8)
    return Float64Array.from({ length: sizeOf(shape) }, (_, i) => (cell(i) % 2) * 2 - 1)
  },
  constant: (_, shape) => new Float64Array(sizeOf(shape)).fill(0.75),
  zero: (_, shape) => new Float64Array(sizeOf(shape)),
  one: (_, shape) => Float64Array.from({ length: sizeOf(shape) }, (_, i) => (i === 3 ? 1 : 0))
}

export function formulaMap([kind, seed]: readonly [kind: string, seed: number], shape: Shape): Float32Array {
  return Float32Array.from(kinds[kind]!(seed, shape))
}
