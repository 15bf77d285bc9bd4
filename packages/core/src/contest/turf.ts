import { sizeOf } from '../tensor.js'
import type { Contest } from './contest.js'

/** Who owns which element: the label with the strictly largest positive value, or -1 where nobody has one. */
export interface Turf {
  /** `[N, ...map]` */
  readonly shape: readonly number[]
  readonly owner: Int32Array
  /** By how much the owner beat the runner-up (or 0, whichever is larger); 0 where nobody owns. Same units as the map. */
  readonly margin: Float32Array
}

/** Which label owns which element of a contest. */
export function turf(contest: Contest): Turf {
  const total = sizeOf(contest.shape)
  const owner = new Int32Array(total).fill(-1)
  const margin = new Float32Array(total)
  for (let at = 0; at < total; at++) {
    const best = contest.best[at]!
    const runnerUp = contest.runnerUp[at]!
    if (!(best > 0 && best > runnerUp)) continue
    owner[at] = contest.bestLabel[at]!
    margin[at] = best - Math.max(runnerUp, 0)
  }
  return { shape: contest.shape, owner, margin }
}

/** What one label owns of one example. */
export interface Territory {
  readonly label: number
  /** Owned elements over all elements, in 0 .. 1. */
  readonly share: number
  /** Mean margin over the owned elements. */
  readonly meanMargin: number
}

/** The territories of example n, largest share first; labels that own nothing are left out. */
export function territories({ shape, owner, margin }: Turf, n = 0): Territory[] {
  const size = sizeOf(shape.slice(1))
  const count = new Map<number, { elements: number; margins: number }>()
  for (let at = n * size; at < (n + 1) * size; at++) {
    if (owner[at]! < 0) continue
    const of = count.get(owner[at]!) ?? { elements: 0, margins: 0 }
    count.set(owner[at]!, { elements: of.elements + 1, margins: of.margins + margin[at]! })
  }
  return [...count]
    .map(([label, { elements, margins }]) => ({ label, share: elements / size, meanMargin: margins / elements }))
    .sort((a, b) => b.share - a.share || a.label - b.label)
}
