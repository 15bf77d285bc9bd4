/**
 * Adds up what each axis contributes to an element's index: entry (i0, i1, ...) of the result, in row-major order, is
 * axes[0][i0] + axes[1][i1] + ..., or -1 where any of them is -1.
 */
export function separable(axes: readonly Int32Array[]): Int32Array {
  let sums = new Int32Array(1)
  for (const axis of axes) {
    const next = new Int32Array(sums.length * axis.length)
    for (let s = 0; s < sums.length; s++) {
      const sum = sums[s]!
      for (let i = 0; i < axis.length; i++) {
        const part = axis[i]!
        next[s * axis.length + i] = sum < 0 || part < 0 ? -1 : sum + part
      }
    }
    sums = next
  }
  return sums
}
