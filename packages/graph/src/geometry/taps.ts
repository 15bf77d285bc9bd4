import { AgonError } from '@agon/core'

/**
 * Which positions of one side belong to each position of the other, along one axis or along several combined in row-major
 * order: entry k in offsets[o]..offsets[o+1]-1 pairs position `o` with `position[k]` through kernel tap `tap[k]`.
 */
export interface Taps {
  readonly offsets: Int32Array
  readonly position: Int32Array
  readonly tap: Int32Array
  readonly weight?: Float64Array
  /** Extents of the spaces that `position` and `tap` index. */
  readonly positions: number
  readonly taps: number
}

export interface Tap {
  readonly position: number
  readonly tap: number
  readonly weight?: number
}

/** No table is longer than this (1 GiB of indices): larger ones mean a hostile or mistaken kernel size. */
const maxEntries = 2 ** 28

/** Makes the taps of one axis from a list per position. */
export function axisTaps(lists: readonly (readonly Tap[])[], positions: number, taps: number): Taps {
  const entries = lists.flat()
  const offsets = new Int32Array(lists.length + 1)
  lists.forEach((list, o) => (offsets[o + 1] = offsets[o]! + list.length))
  const weighted = entries.some(({ weight }) => weight !== undefined)
  return {
    offsets,
    position: Int32Array.from(entries, ({ position }) => position),
    tap: Int32Array.from(entries, ({ tap }) => tap),
    ...(weighted ? { weight: Float64Array.from(entries, ({ weight }) => weight ?? 1) } : {}),
    positions,
    taps
  }
}

/** Every position paired with itself. */
export function identityTaps(extent: number): Taps {
  const position = Int32Array.from({ length: extent }, (_, i) => i)
  const offsets = Int32Array.from({ length: extent + 1 }, (_, i) => i)
  return { offsets, position, tap: new Int32Array(extent), positions: extent, taps: 1 }
}

/** Throws AGON_BAD_MODEL if a table would be longer than `maxEntries`. */
export function needEntries(what: string, entries: number): number {
  if (entries <= maxEntries) return entries
  throw new AgonError('AGON_BAD_MODEL', {
    what: `window table of ${what}`,
    expected: `at most ${maxEntries} entries`,
    found: `${entries}`
  })
}

/** Joins axes in row-major order; entries of a pair come in row-major order of their taps. `what` names the node in errors. */
export function combineTaps(what: string, axes: readonly Taps[]): Taps {
  needEntries(
    what,
    axes.reduce((product, { position }) => product * position.length, 1)
  )
  return axes.reduce(combine, identityTaps(1))
}

function combine(a: Taps, b: Taps): Taps {
  const outputs = (a.offsets.length - 1) * (b.offsets.length - 1)
  const entries = a.position.length * b.position.length
  const offsets = new Int32Array(outputs + 1)
  const position = new Int32Array(entries)
  const tap = new Int32Array(entries)
  const weight = a.weight || b.weight ? new Float64Array(entries) : undefined
  let at = 0
  let output = 0
  for (let oa = 0; oa + 1 < a.offsets.length; oa++) {
    for (let ob = 0; ob + 1 < b.offsets.length; ob++) {
      for (let ka = a.offsets[oa]!; ka < a.offsets[oa + 1]!; ka++) {
        for (let kb = b.offsets[ob]!; kb < b.offsets[ob + 1]!; kb++) {
          position[at] = a.position[ka]! * b.positions + b.position[kb]!
          tap[at] = a.tap[ka]! * b.taps + b.tap[kb]!
          if (weight) weight[at] = (a.weight?.[ka] ?? 1) * (b.weight?.[kb] ?? 1)
          at++
        }
      }
      offsets[++output] = at
    }
  }
  return {
    offsets,
    position,
    tap,
    ...(weight ? { weight } : {}),
    positions: a.positions * b.positions,
    taps: a.taps * b.taps
  }
}
