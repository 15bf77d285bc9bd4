import type { Planes } from './planes.js'

/**
 * Makes every segment connected (4 neighbours): of the pixels of one owner the largest connected part stays, the first of several, and what is left over grows on from the parts
 * that it touches, the nearest first. Segments are numbered in the order of their first pixels.
 */
export function madeConnected(owner: Int32Array, planes: Planes): { count: number; ids: Int32Array } {
  const kept = new Int32Array(owner.length).fill(-1)
  for (const part of largestParts(owner, planes)) for (const at of part) kept[at] = owner[at]!
  const open = Array.from(kept.keys()).filter((at) => kept[at]! >= 0)
  for (let next = 0; next < open.length; next++) {
    const at = open[next]!
    for (const to of neighbours(at, planes)) {
      if (kept[to]! >= 0) continue
      kept[to] = kept[at]!
      open.push(to)
    }
  }
  const known = new Map<number, number>()
  for (const id of kept) if (!known.has(id)) known.set(id, known.size)
  return { count: known.size, ids: kept.map((id) => known.get(id)!) }
}

/** The largest connected part of every owner's pixels. */
function largestParts(owner: Int32Array, planes: Planes): Iterable<readonly number[]> {
  const seen = new Uint8Array(owner.length)
  const largest = new Map<number, readonly number[]>()
  for (let first = 0; first < owner.length; first++) {
    if (seen[first] === 1) continue
    const part = partOf(owner, first, seen, planes)
    if (part.length > (largest.get(owner[first]!)?.length ?? 0)) largest.set(owner[first]!, part)
  }
  return largest.values()
}

function partOf(owner: Int32Array, first: number, seen: Uint8Array, planes: Planes): readonly number[] {
  const part = [first]
  seen[first] = 1
  for (let next = 0; next < part.length; next++) {
    for (const to of neighbours(part[next]!, planes)) {
      if (seen[to] === 1 || owner[to] !== owner[first]) continue
      seen[to] = 1
      part.push(to)
    }
  }
  return part
}

function neighbours(at: number, { height, width }: Planes): number[] {
  const x = at % width
  const around = [at - width, at + width].filter((to) => to >= 0 && to < height * width)
  if (x > 0) around.push(at - 1)
  if (x < width - 1) around.push(at + 1)
  return around
}
