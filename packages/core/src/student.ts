/** The 97.5 % points of Student's t for 1 .. 12 degrees of freedom. */
const table = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281, 2.201, 2.1788]

/**
 * The 97.5 % point of Student's t for `freedom` >= 1 degrees of freedom, so that a mean of m values has the 95 % interval mean +- studentT(m - 1) s / sqrt(m). From 13 degrees on by
 * Fisher's expansion about the normal's z, right to 1.3e-3 and better.
 */
export function studentT(freedom: number): number {
  if (freedom <= table.length) return table[freedom - 1]!
  const z = 1.959964
  const [first, second] = [(z ** 3 + z) / 4, (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96]
  return z + first / freedom + second / freedom ** 2
}
