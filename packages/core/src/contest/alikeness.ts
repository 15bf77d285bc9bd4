import { sizeOf } from '../tensor.js'
import type { Contest } from './contest.js'

/**
 * How alike the labels' own maps are: the smallest |cosine| over all pairs of the maps that the contest kept for example n.
 * 1 means that all of them are proportional (rules such as LRP z+ lose the label: Sixt et al. 2020, arXiv 1912.09818), so
 * that a competition keeps all or nothing. `undefined` with fewer than two maps that are not zero.
 */
export function alikeness(contest: Contest, n: number): number | undefined {
  const maps = ownMaps(contest, n).filter((map) => dot(map, map) > 0)
  let least: number | undefined
  for (let a = 0; a < maps.length; a++) {
    for (let b = a + 1; b < maps.length; b++) {
      const cosine = Math.abs(dot(maps[a]!, maps[b]!)) / Math.sqrt(dot(maps[a]!, maps[a]!) * dot(maps[b]!, maps[b]!))
      least = Math.min(least ?? 1, cosine)
    }
  }
  return least
}

function ownMaps({ maps, mapLabels, shape }: Contest, n: number): Float32Array[] {
  const total = sizeOf(shape)
  const size = total / shape[0]!
  return mapLabels[n]!.map((_, m) => maps.data.subarray(m * total + n * size, m * total + (n + 1) * size))
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
