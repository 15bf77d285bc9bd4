import { rowsOf, type MethodContext } from '@agon/core'
import type { BaselineSet } from './baselines.js'
import type { Copies } from './copies.js'

/** A random point on a random path: a baseline of the set, and how far from it, 0 .. 1. */
interface Draw {
  readonly b: Float32Array
  readonly t: number
}

/**
 * `count` points b + t (x - b) for every example x, and the product of a point's map with its x - b. Baseline and t of point k of
 * example n come from stream ('path', n, k) of the seed.
 */
export function randomPaths(context: MethodContext, set: BaselineSet, count: number) {
  const [inputs, baselines] = [rowsOf(context.input), rowsOf(set.all)]
  const draw = (n: number, k: number): Draw => {
    const stream = context.random.fork('path', n, k)
    const rows = set.rowsOf(n)
    return { b: baselines[rows[stream.integer(rows.length)]!]!, t: stream.uniform() }
  }
  const copies: Copies = {
    count,
    write(n, k, into) {
      const { b, t } = draw(n, k)
      for (let i = 0; i < into.length; i++) into[i] = b[i]! + t * (inputs[n]![i]! - b[i]!)
    }
  }
  const timesDifference = (n: number, k: number, map: Float32Array): Float32Array => {
    const { b } = draw(n, k)
    return map.map((value, i) => value * Math.fround(inputs[n]![i]! - b[i]!))
  }
  return { copies, timesDifference }
}
