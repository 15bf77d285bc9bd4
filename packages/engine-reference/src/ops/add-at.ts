import type { Values } from './operator.js'

/** `size` sums: dx[at[e]] += dy[e]; an entry of -1 is dropped. */
export function addAt(at: ArrayLike<number>, dy: Values, size: number, dx = new Float64Array(size)): Values {
  for (let e = 0; e < dy.length; e++) {
    const to = at[e]!
    if (to >= 0) dx[to] = dx[to]! + dy[e]!
  }
  return dx
}
