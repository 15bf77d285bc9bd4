import type { Planes } from './planes.js'

/**
 * Gives every connected part (4 neighbours) of equal owners a number of its own, in the order of their first pixels; a part of fewer than `least` pixels joins
 * the part to the left of its first pixel, else the one above it. The first part keeps its number however small it is.
 */
export function mergeFragments(owner: Int32Array, { height, width }: Planes, least: number) {
  const ids = new Int32Array(owner.length).fill(-1)
  let count = 0
  for (let first = 0; first < owner.length; first++) {
    if (ids[first]! >= 0) continue
    const part = connected(owner, ids, first, count, height, width)
    const neighbour = first % width > 0 ? ids[first - 1]! : first >= width ? ids[first - width]! : -1
    if (part.length < least && neighbour >= 0) part.forEach((at) => (ids[at] = neighbour))
    else count++
  }
  return { count, ids }
}

/** Numbers the part of pixel `first` and lists its pixels. */
function connected(
  owner: Int32Array,
  ids: Int32Array,
  first: number,
  id: number,
  height: number,
  width: number
): number[] {
  const part = [first]
  ids[first] = id
  for (let next = 0; next < part.length; next++) {
    const at = part[next]!
    const x = at % width
    const around = [
      ...(x > 0 ? [at - 1] : []),
      ...(x < width - 1 ? [at + 1] : []),
      ...(at >= width ? [at - width] : []),
      ...(at < (height - 1) * width ? [at + width] : [])
    ]
    for (const to of around) {
      if (ids[to]! >= 0 || owner[to] !== owner[at]) continue
      ids[to] = id
      part.push(to)
    }
  }
  return part
}
