import { fillWithNormals } from './normals.js'
import { philox } from './philox.js'
import { Words } from './words.js'

/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 * A stream is fixed by its seed and the keys it was forked with, so results never depend on batching or order of work:
 * fork once per (purpose, example, draw).
 */
export interface Random {
  readonly seed: number
  /** An independent stream named by the keys; the same keys give the same stream, whatever was drawn before. */
  fork(...keys: readonly (string | number)[]): Random
  /** Uniform in 0 .. 2^32 - 1. */
  uint32(): number
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number
  /** Uniform in 0 .. below - 1, without bias. */
  integer(below: number): number
  /** Standard normal (Box-Muller). */
  normal(): number
  /** Fills `into` with standard normals: several times as fast as `normal()`, and other numbers (a ziggurat of 32-bit words). */
  normals(into: Float32Array | Float64Array): void
  /** A uniformly random order of 0 .. length - 1. */
  permutation(length: number): number[]
}

/** Makes the root stream of a seed (a whole number in 0 .. 2^32 - 1; others are reduced to it). */
export function createRandom(seed: number): Random {
  return stream(seed >>> 0, [seed >>> 0, 0x9e3779b9])
}

type Key = readonly [number, number]

function stream(seed: number, key: Key): Random {
  const words = new Words(key)
  const spareNormal = new Float64Array(1)
  let hasSpare = false

  const uint32 = (): number => words.next()
  const uniform = (): number => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53
  const integer = (below: number): number => {
    const limit = 2 ** 32 - (2 ** 32 % below)
    for (;;) {
      const draw = uint32()
      if (draw < limit) return draw % below
    }
  }
  const normal = (): number => {
    if (hasSpare) {
      hasSpare = false
      return spareNormal[0]!
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    const angle = 2 * Math.PI * uniform()
    spareNormal[0] = radius * Math.sin(angle)
    hasSpare = true
    return radius * Math.cos(angle)
  }
  const normals = (into: Float32Array | Float64Array): void => fillWithNormals(into, words)
  const permutation = (length: number): number[] => {
    const order = Array.from({ length }, (_, i) => i)
    for (let i = length - 1; i > 0; i--) {
      const j = integer(i + 1)
      ;[order[i], order[j]] = [order[j]!, order[i]!]
    }
    return order
  }
  const fork = (...keys: readonly (string | number)[]): Random => stream(seed, keys.reduce<Key>(derive, key))

  return { seed, fork, uint32, uniform, integer, normal, normals, permutation }
}

/** Folds one fork key into a stream's key: its characters are absorbed four at a time, its type and length first. */
function derive(key: Key, name: string | number): Key {
  const words = typeof name === 'number' ? numberWords(name) : stringWords(name)
  return words.reduce<Key>(
    ([a, b], word) => {
      const [x, y] = philox([word, 0x5eed, 0, 1], [a, b])
      return [x!, y!]
    },
    philox([typeof name === 'number' ? 1 : 2, words.length, 0, 2], key).slice(0, 2) as unknown as Key
  )
}

function numberWords(value: number): number[] {
  return [...new Uint32Array(new Float64Array([value]).buffer)]
}

function stringWords(text: string): number[] {
  const words: number[] = []
  for (let i = 0; i < text.length; i += 2) words.push(text.charCodeAt(i) | ((text.charCodeAt(i + 1) || 0) << 16))
  return words
}
