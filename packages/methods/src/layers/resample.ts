/** One term of a weighted sum: which element, and its weight. */
interface Term {
  readonly from: number
  readonly weight: number
}

/** Per output position along one axis, the weighted input positions that make it. */
export type Taps = readonly (readonly Term[])[]

/**
 * Bilinear along one axis, as PyTorch's `interpolate` with `align_corners` false and no antialiasing: output position i looks at
 * p = max(0, (i + 1/2) from / to - 1/2), between floor(p) and the next position, the last one where there is none.
 */
export function bilinearTaps(from: number, to: number): Taps {
  return Array.from({ length: to }, (_, i) => {
    const at = Math.max(0, ((i + 0.5) * from) / to - 0.5)
    const low = Math.min(Math.floor(at), from - 1)
    const t = Math.min(at - low, 1)
    if (low + 1 >= from || t === 0) return [{ from: low, weight: 1 }]
    return [
      { from: low, weight: 1 - t },
      { from: low + 1, weight: t }
    ]
  })
}

/** The nearest position along one axis, as PyTorch's `interpolate`: output position i looks at floor(i from / to). */
export function nearestTaps(from: number, to: number): Taps {
  return Array.from({ length: to }, (_, i) => [{ from: Math.floor((i * from) / to), weight: 1 }])
}

/**
 * Every input position is spread over the output positions that its share of the axis covers, in proportion: sums stay what they are,
 * whichever of the two extents is larger.
 */
export function areaTaps(from: number, to: number): Taps {
  return Array.from({ length: to }, (_, i) => {
    const [first, last] = [Math.floor((i * from) / to), Math.ceil(((i + 1) * from) / to)]
    return Array.from({ length: last - first }, (_, k) => {
      const own = first + k
      // In units of 1 / (from to) of the axis, so that every bound is a whole number.
      const overlap = Math.min((own + 1) * to, (i + 1) * from) - Math.max(own * to, i * from)
      return { from: own, weight: overlap / to }
    })
  })
}

/** A plane `[height, width]` along both axes: `rows` are of the height, `columns` of the width. */
export function resample(plane: Float64Array, width: number, rows: Taps, columns: Taps): Float64Array {
  const height = plane.length / width
  const wide = new Float64Array(height * columns.length)
  for (let y = 0; y < height; y++) {
    columns.forEach((terms, x) => {
      let sum = 0
      for (const { from, weight } of terms) sum += weight * plane[y * width + from]!
      wide[y * columns.length + x] = sum
    })
  }
  const made = new Float64Array(rows.length * columns.length)
  rows.forEach((terms, y) => {
    for (const { from, weight } of terms) {
      for (let x = 0; x < columns.length; x++) {
        const at = y * columns.length + x
        made[at] = made[at]! + weight * wide[from * columns.length + x]!
      }
    }
  })
  return made
}
