import { rowsOf, type MethodContext } from '@agon/core'
import type { BaselineSet } from './baselines.js'
import type { Copies } from './copies.js'
import { sigmasOf, writeNoisy, type Deviation } from './deviation.js'

/** A random point on a random path: where the path begins, where it ends, and how far between them, 0 .. 1. */
interface Draw {
  readonly b: Float32Array
  readonly x: Float32Array
  readonly t: number
}

/**
 * `count` points b + t (x - b) for every example x, and the product of a point's map with its x - b. Baseline and t of point k of
 * example n come from stream ('path', n, k) of the seed. The paths of `noise` end at x + e instead, e normal, from stream ('noise', n, k).
 */
export function randomPaths(context: MethodContext, set: BaselineSet, count: number, noise?: Deviation) {
  const [inputs, baselines] = [rowsOf(context.input), rowsOf(set.all)]
  const sigmas = noise ? sigmasOf(context, noise) : []
  const endOf = (n: number, k: number): Float32Array => {
    if (!sigmas[n]) return inputs[n]!
    const end = new Float32Array(inputs[n]!.length)
    writeNoisy(context, [n, k], inputs[n]!, sigmas[n], end)
    return end
  }
  const draw = (n: number, k: number): Draw => {
    const stream = context.random.fork('path', n, k)
    const rows = set.rowsOf(n)
    return { b: baselines[rows[stream.integer(rows.length)]!]!, x: endOf(n, k), t: stream.uniform() }
  }
  const copies: Copies = {
    count,
    write(n, k, into) {
      const { b, x, t } = draw(n, k)
      for (let i = 0; i < into.length; i++) into[i] = b[i]! + t * (x[i]! - b[i]!)
    }
  }
  const timesDifference = (n: number, k: number, map: Float32Array): Float32Array => {
    const { b, x } = draw(n, k)
    return map.map((value, i) => value * Math.fround(x[i]! - b[i]!))
  }
  return { copies, timesDifference }
}
