import type { PerExample } from '../engine.js'
import { sizeOf } from '../tensor.js'
import { notFinite, type Fold } from './fold.js'
import { labelsOf, type Contenders } from './contenders.js'

/**
 * The score H_g(i) of group g at element i, from the scores h_c(i) of its n competing labels:
 * `'mean'`: (1/n) sum of h_c(i); `'sum'`: without the factor; `'strongest'`: the h_c(i) of largest magnitude, the positive one if two are equal.
 */
export type GroupScore = 'mean' | 'sum' | 'strongest'

export const groupScores: readonly GroupScore[] = ['mean', 'sum', 'strongest']

/** The competing labels of every example group by group: the order in which `groupFold` takes their maps. */
export function groupOrder(contenders: Contenders, contestants: PerExample): PerExample {
  return contenders.indices.map((present, n) => present.flatMap((g) => labelsOf(contenders, contestants[n]!, g)))
}

/**
 * Takes the maps of labels in `groupOrder` and hands the map of every group to `inner`: of maps `[N, ...map]` it holds one float64
 * sum per example, whatever the number of labels and groups. Sums are added in ascending order of the labels and rounded once.
 */
export function groupFold(
  inner: Fold,
  shape: readonly number[],
  contenders: Contenders,
  contestants: PerExample,
  score: GroupScore
): Fold {
  const size = sizeOf(shape.slice(1))
  const queues = contenders.indices.map((present, n) =>
    present.map((g) => ({ g, size: labelsOf(contenders, contestants[n]!, g).length, added: 0 }))
  )
  const values = queues.map(() => new Float64Array(size))
  const rounded = new Float32Array(size)
  return {
    add(n, label, map) {
      const group = queues[n]![0]!
      if (group.added === 0) values[n]!.fill(0)
      join(values[n]!, map, score, (value) => notFinite(`label ${label}`, n, value))
      if (++group.added < group.size) return
      queues[n]!.shift()
      const divisor = score === 'mean' ? group.size : 1
      for (let i = 0; i < size; i++) rounded[i] = values[n]![i]! / divisor
      inner.add(n, group.g, rounded)
    },
    finish: () => inner.finish()
  }
}

function join(into: Float64Array, map: Float32Array, score: GroupScore, refuse: (value: number) => Error): void {
  for (let i = 0; i < map.length; i++) {
    const value = map[i]!
    if (!Number.isFinite(value)) throw refuse(value)
    const before = into[i]!
    if (score !== 'strongest') into[i] = before + value
    else if (Math.abs(value) > Math.abs(before) || (value === -before && value > 0)) into[i] = value
  }
}
