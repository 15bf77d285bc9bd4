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
  const seen = new WeakSet<Contest>()
  return {
    take(bytes) {
      const at = spares.findLastIndex(({ byteLength }) => byteLength === bytes)
      return at < 0 ? undefined : spares.splice(at, 1)[0]
    },
    keep(contest) {
      if (seen.has(contest)) return
      seen.add(contest)
      spares.push(...new Set(buffersOf(contest)))
      let total = 0
      const tooMuch = spares.findLastIndex(({ byteLength }) => (total += byteLength) > mostBytes)
      spares = spares.slice(Math.max(tooMuch + 1, spares.length - mostArrays))
    },
    clear: () => (spares = [])
  }
}

/** Those that hold one array each: not what somebody has cut out of another array, shared or given away. */
function buffersOf({ best, runnerUp, worst, runnerDown, bestLabel, worstLabel, maps }: Contest): ArrayBuffer[] {
  return [best, runnerUp, worst, runnerDown, bestLabel, worstLabel, maps.data].flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength ? [buffer] : []
  )
}
