import { rowsOf, type Metric, type Similarity } from '@agon/core'

const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)

/** Of a map that is 0 the cosine with another is 0, and with one that is 0 as well 1. */
export const cosine: Similarity = {
  name: 'cosine',
  cite: 'school geometry',
  direction: 'higher',
  range: [-1, 1],
  symmetric: true,
  compare(a, b) {
    const size = Math.sqrt(dot(a, a) * dot(b, b))
    return size > 0 ? dot(a, b) / size : Number(dot(a, a) === dot(b, b))
  }
}

export const euclidean: Similarity = {
  name: 'euclidean',
  cite: 'school geometry',
  direction: 'lower',
  range: [0, Infinity],
  symmetric: true,
  compare: (a, b) => Math.hypot(...a.map((value, i) => value - b[i]!))
}

/** How much the logit falls when the element with the largest score is set to 0. */
export const drop: Metric = {
  name: 'drop',
  cite: 'made up for this test',
  direction: 'higher',
  range: [-Infinity, Infinity],
  async measure({ session, input, logits, targets, attribution, signal }) {
    const size = input.data.length / input.shape[0]!
    const data = input.data.slice()
    rowsOf(attribution).forEach((map, n) => {
      data[n * size + (map.indexOf(Math.max(...map)) % size)] = 0
    })
    const after = await session.forward({ shape: input.shape, data }, signal && { signal })
    const at = (rows: Float32Array[], n: number): number => rows[n]![targets[n]!]!
    const [before, later] = [rowsOf(logits), rowsOf(after)]
    return targets.map((_, n) => ({ value: at(before, n) - at(later, n), samples: 1 }))
  }
}
