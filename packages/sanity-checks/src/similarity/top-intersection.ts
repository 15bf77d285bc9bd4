import { AgonError, formatShape, assertWhole, type Similarity } from '@agon/core'
import { defineSimilarity } from './define.js'

/** How many elements are the top: a share of them in percent, rounded and at least one, or a count. */
export type Top = { readonly percent: number } | { readonly count: number }

/**
 * The share of the k largest elements that two maps have in common, named `top-5-percent`, `top-1000`, ... Signed values are compared: take it under
 * `abs` for the largest sizes. Elements that are equal to the k-th share the places that are left: with `a` of them for `r` places each counts r / a, and an
 * element in which both maps are so counts the smaller of the two. A constant map thus has k / n with any other, which is what chance gives. Throws
 * AGON_BAD_OPTION unless 0 < percent < 100 or the count is a whole number >= 1; comparing fewer than count + 1 elements throws AGON_BAD_INPUT.
 */
export function topIntersection(top: Top): Similarity {
  assertTop(top)
  const what = 'percent' in top ? `${top.percent}-percent` : `${top.count}`
  const name = `top-${what.replace('.', '-')}`
  return defineSimilarity(
    {
      name,
      cite: 'Ghorbani, Abid, Zou 2019, Interpretation of Neural Networks is Fragile, arXiv 1710.10547',
      formula: `share of the ${'percent' in top ? `${top.percent} %` : top.count} largest elements that both maps have; ties at the edge share its places`,
      direction: 'higher',
      range: [0, 1],
      symmetric: true
    },
    (a, b, shape) => {
      const k = 'percent' in top ? Math.max(1, Math.round((a.length * top.percent) / 100)) : top.count
      if ('count' in top && k >= a.length) throw tooFew(name, k, shape)
      return common(a, topOf(a, k), b, topOf(b, k)) / k
    }
  )
}

export const top1Percent = topIntersection({ percent: 1 })
export const top5Percent = topIntersection({ percent: 5 })
export const top10Percent = topIntersection({ percent: 10 })

/** The k-th largest value, how many elements are equal to it, and how many places are left for them. */
interface Edge {
  readonly value: number
  readonly equal: number
  readonly places: number
}

function topOf(map: Float32Array, k: number): Edge {
  const value = map.slice().sort()[map.length - k]!
  let [above, equal] = [0, 0]
  for (const each of map) {
    if (each > value) above++
    else if (each === value) equal++
  }
  return { value, equal, places: k - above }
}

/** Elements in both tops. Kept as whole numbers until the end, so that it is exactly k for a map and itself. */
function common(a: Float32Array, ofA: Edge, b: Float32Array, ofB: Edge): number {
  let [both, edgeOfA, edgeOfB, edges] = [0, 0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    if (a[i]! < ofA.value || b[i]! < ofB.value) continue
    const [atA, atB] = [a[i] === ofA.value, b[i] === ofB.value]
    if (atA && atB) edges++
    else if (atA) edgeOfA++
    else if (atB) edgeOfB++
    else both++
  }
  const shared = (count: number, { places, equal }: Edge): number => (count * places) / equal
  return both + shared(edgeOfA, ofA) + shared(edgeOfB, ofB) + Math.min(shared(edges, ofA), shared(edges, ofB))
}

function assertTop(top: Top): void {
  if ('count' in top) return assertWhole('count of the top', top.count, 1, 2 ** 31 - 1)
  if (top.percent > 0 && top.percent < 100) return
  const [expected, found] = ['above 0, below 100', `${top.percent}`]
  throw new AgonError('AGON_BAD_OPTION', { what: 'percent of the top', expected, found })
}

function tooFew(name: string, k: number, shape: readonly number[]): AgonError {
  const [expected, found] = [`more than ${k} elements`, formatShape(shape)]
  return new AgonError('AGON_BAD_INPUT', { what: `maps for ${name}`, expected, found })
}
