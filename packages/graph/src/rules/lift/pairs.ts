import type { Constant, ValueName } from '@agon/core'
import type { Site } from '../site.js'
import { dualInput, scalar, times, varying } from './dual.js'

/**
 * The positive and the negative part of a value's difference from its baseline, kept apart: plus + minus = x - b. They are values of their own, to which
 * different cotangents go back.
 */
export interface Pair {
  readonly plus: ValueName
  readonly minus: ValueName
}

/** Pairs of the model's values, made when they are first asked for. */
export type Pairs = Map<ValueName, () => Pair>

/** Says how the pair of the node's output is made, if it is asked for. */
export function setPair({ original, pairs }: Site, make: () => Pair): void {
  let made: Pair | undefined
  pairs.set(original.outputs[0]!, () => (made ??= make()))
}

/** The pair of input i; of a value that has none, the difference itself stands on the side of its sign. */
export function pairOf(site: Site, input: number): Pair {
  const known = site.pairs.get(site.original.inputs[input]!)
  if (known) return known()
  const { plus, minus } = signed(site, input)
  return { plus, minus }
}

/** The difference of input i on the side of its sign: `plus` is x - b where that is positive, `minus` where it is negative. Cotangents go to x. */
function signed(site: Site, input: number, ofNone = 0): Pair {
  const { add } = site
  const { x, b } = dualInput(site, input)
  const d = add('Sub', [x, add('Detach', [b])])
  const [zero, one, none] = [scalar(site, 0), scalar(site, 1), scalar(site, ofNone)]
  const share = (op: string): ValueName => {
    const otherwise = add('Where', [add('Equal', [d, zero]), none, zero])
    return add('Where', [add(op, [d, zero]), one, otherwise])
  }
  return { plus: times(site, d, share('Greater')), minus: times(site, d, share('Less')) }
}

/**
 * The pair of a weighted sum: each term w (x - b) counts on the side of its own sign, by the sign of the whole difference x - b; where that is 0, by
 * halves on both. `with` runs the node on a difference with other weights.
 */
export function setWeightedPair(site: Site): void {
  const inputs = varying(site)
  const [at] = inputs
  if (inputs.length !== 1 || (at !== 0 && at !== 1)) return
  const { node, original, add } = site
  setPair(site, () => {
    const weights = site.constantOf(1 - at)!
    const [raising, lowering] = [1, -1].map((sign) => site.floats(weights.shape, partOf(weights, sign)))
    const run = (x: ValueName, w: ValueName): ValueName => site.copy(at === 0 ? [x, w] : [w, x])[0]!
    const { plus, minus } = signed(site, at, 0.5)
    const up = add('Add', [run(plus, raising!), run(minus, lowering!)])
    const down = add('Add', [run(minus, raising!), run(plus, lowering!)])
    const { alpha = 1 } = original.op === 'Gemm' ? node.attributes : {}
    return Number(alpha) < 0 ? { plus: down, minus: up } : { plus: up, minus: down }
  })
}

/** The positive (sign 1) or the negative numbers of a constant, 0 in place of the others. */
function partOf({ data }: Constant, sign: number): Float32Array {
  return Float32Array.from(data, (value) => (value * sign > 0 ? value : 0))
}

/** The pair of a value times constant numbers, shaped so that they broadcast. */
export function setScaledPair(
  site: Site,
  input: number,
  factors: { shape: readonly number[]; data: Float32Array }
): void {
  const { add } = site
  setPair(site, () => {
    const { plus, minus } = pairOf(site, input)
    const constant: Constant = { dtype: 'float32', ...factors }
    const [raising, lowering] = [1, -1].map((sign) => site.floats(factors.shape, partOf(constant, sign)))
    const sum = (v: ValueName, w: ValueName): ValueName =>
      add('Add', [add('Mul', [v, raising!]), add('Mul', [w, lowering!])])
    return { plus: sum(plus, minus), minus: sum(minus, plus) }
  })
}
