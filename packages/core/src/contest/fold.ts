import type { PerExample } from '../engine.js'
import { AgonError } from '../error.js'
import { sizeOf } from '../tensor.js'
import type { Contest } from './contest.js'

/** A competition in progress: label maps are added one at a time, in any chunking, and nothing but the extremes is kept. */
export interface Fold {
  /** Adds label `label`'s map of example `n`: `map` has the size of one example's map. Throws AGON_NOT_FINITE. */
  add(n: number, label: number, map: Float32Array): void
  finish(): Contest
}

/** Starts a fold over maps of shape `[N, ...map]`. `maps` are the labels whose own maps are kept; `kind` is what a label is called in errors. */
export function createFold(
  shape: readonly number[],
  labels: PerExample,
  maps: PerExample = labels.map(() => []),
  kind = 'label'
): Fold {
  const total = sizeOf(shape)
  const size = total / shape[0]!
  const kept = maps[0]?.length ?? 0
  const best = new Float32Array(total).fill(-Infinity)
  const runnerUp = new Float32Array(total).fill(-Infinity)
  const worst = new Float32Array(total).fill(Infinity)
  const runnerDown = new Float32Array(total).fill(Infinity)
  const bestLabel = new Int32Array(total).fill(-1)
  const worstLabel = new Int32Array(total).fill(-1)
  const mapData = new Float32Array(kept * total)

  return {
    add(n, label, map) {
      for (let i = 0, at = n * size; i < size; i++, at++) {
        const value = map[i]!
        if (!Number.isFinite(value)) throw notFinite(`${kind} ${label}`, n, value)
        if (value > best[at]!) {
          runnerUp[at] = best[at]!
          best[at] = value
          bestLabel[at] = label
        } else if (value > runnerUp[at]!) runnerUp[at] = value
        if (value < worst[at]!) {
          runnerDown[at] = worst[at]!
          worst[at] = value
          worstLabel[at] = label
        } else if (value < runnerDown[at]!) runnerDown[at] = value
      }
      maps[n]!.forEach((wanted, m) => {
        if (wanted === label) mapData.set(map, m * total + n * size)
      })
    },
    finish: () => ({
      shape: [...shape],
      labels,
      best,
      bestLabel,
      runnerUp,
      worst,
      worstLabel,
      runnerDown,
      maps: { shape: [kept, ...shape], data: mapData },
      mapLabels: maps
    })
  }
}

/** Of a value in the map of `whom` for example n. */
export function notFinite(whom: string, n: number, value: number): AgonError {
  return new AgonError('AGON_NOT_FINITE', {
    what: `map of ${whom} for example ${n}`,
    expected: 'finite numbers',
    found: String(value),
    remedy: 'The gradient overflowed: look at the scale of the input and of the weights.'
  })
}
