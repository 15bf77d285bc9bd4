import type { Contest } from '@agon/core'

/** Memory of results that nobody reads any more, for later results of the same size. */
export interface SpareArrays {
  /** Memory of exactly so many bytes, which holds anything; undefined if there is none. */
  take(bytes: number): ArrayBuffer | undefined
  /** Keeps what the arrays of a contest lie in, once: the latest of it, up to a bound. */
  keep(contest: Contest): void
  clear(): void
}

/** Bytes and arrays kept at most. */
const mostBytes = 2 ** 25
const mostArrays = 64

export function createSpareArrays(): SpareArrays {
  let spares: ArrayBuffer[] = []
  let total = 0
  const seen = new WeakSet<Contest>()
  return {
    take(bytes) {
      for (let at = spares.length - 1; at >= 0; at--) {
        if (spares[at]!.byteLength !== bytes) continue
        total -= bytes
        return spares.splice(at, 1)[0]
      }
      return undefined
    },
    keep(contest) {
      if (seen.has(contest)) return
      seen.add(contest)
      const { best, runnerUp, worst, runnerDown, bestLabel, worstLabel, maps } = contest
      for (const { buffer, byteLength } of [best, runnerUp, worst, runnerDown, bestLabel, worstLabel, maps.data]) {
        if (!isWhole(buffer, byteLength) || spares.includes(buffer)) continue
        spares.push(buffer)
        total += byteLength
      }
      while (spares.length > mostArrays || total > mostBytes) total -= spares.shift()!.byteLength
    },
    clear() {
      spares = []
      total = 0
    }
  }
}

/** Whether an array of so many bytes has the memory for itself: it is not cut out of another one, shared or given away. */
function isWhole(buffer: ArrayBufferLike, byteLength: number): buffer is ArrayBuffer {
  return buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength
}
