import { assertChoice, assertWhole, defineMethod, rowsOf, type MethodContext } from '@agon/core'
import { assertFill, fillsOf, logitsAtFills, type Fill } from './perturbation/fill.js'
import type { Probe } from './perturbation/probe.js'
import { scored } from './perturbation/scores.js'
import { assertSegmentOptions, segmentDefaults, segmentsOf, type SegmentOptions } from './perturbation/segments.js'
import { spreadOver, writeSwitched, type Spread, type Switchable } from './perturbation/switches.js'

export interface ShapleySamplingOptions extends SegmentOptions {
  /** Random orders of the segments for every example, at most a million. Default 20. */
  readonly samples: number
  /** Whether every second order is the one before it backwards. Default true. */
  readonly antithetic: boolean
  /** What stands for a segment that is absent: a number, a tensor or `'mean'`. Default: the baseline of the call, else zero. */
  readonly baseline: Fill | undefined
  /** What every element of a segment gets: its share of the segment's value (`'divided'`, default), or all of it (`'whole'`). */
  readonly spread: Spread
}

/**
 * Shapley values of the segments by sampled orders: in order p, the segments take their values from x instead of the baseline b one after the other, and each is
 * credited with what the logit f gains at its turn. The value of segment s is the mean of its gains over n orders,
 *
 *     (1/n) sum over p of f(x on the segments up to s in p, else b) - f(x on the segments before s in p, else b)
 *
 * In every order the gains add up to f(x) - f(b), and so do divided maps, `[L, N, ...input]` in units of the logit; they come with f(b). One order costs a forward pass
 * per segment but one, for all labels. Order k of example n is drawn from stream ('order', n, k). Default segments: cells of a grid for
 * pictures, else elements.
 */
export const shapleySampling = defineMethod<ShapleySamplingOptions>({
  name: 'shapley-sampling',
  cite: 'Castro, Gomez & Tejada 2009, Polynomial calculation of the Shapley value based on sampling, Computers & Operations Research 36(5), doi 10.1016/j.cor.2008.04.004',
  defaults: { ...segmentDefaults, samples: 20, antithetic: true, baseline: undefined, spread: 'divided' },
  multiplier: 'input-minus-baseline',
  check(options) {
    assertSegmentOptions('shapley-sampling', options)
    assertWhole("option 'samples' of shapley-sampling", options.samples, 1, 1_000_000)
    assertFill("option 'baseline' of shapley-sampling", options.baseline)
    assertChoice("option 'spread' of shapley-sampling", options.spread, ['divided', 'whole'])
  },
  async prepare(context, options) {
    const [fills, segments] = [fillsOf(context, options.baseline), segmentsOf(context, options, 'grid')]
    const probes = rowsOf(context.input).map((x, n) => {
      const example = { x, fill: fills[n]!, segments: segments[n]! }
      return orders(example, ordersOf(context, n, segments[n]!.count, options.antithetic), options)
    })
    const baselineLogits = await logitsAtFills(context, fills)
    const prepared = await scored(context, probes, baselineLogits)
    return options.spread === 'divided' ? { ...prepared, baselineLogits } : prepared
  }
})

/** Order k of an example: the places of its segments, and the segments by place. */
type OrderOf = (k: number) => readonly number[]

function ordersOf({ random }: MethodContext, n: number, segments: number, antithetic: boolean): OrderOf {
  const drawn = (k: number): number[] => random.fork('order', n, k).permutation(segments)
  return remembered((k) => (antithetic && k % 2 === 1 ? drawn(k - 1).reverse() : drawn(k)))
}

/** The last one is asked for again and again. */
function remembered(orderOf: OrderOf): OrderOf {
  let [last, order]: [number, readonly number[]] = [-1, []]
  return (k) => {
    if (k !== last) [last, order] = [k, orderOf(k)]
    return order
  }
}

/** Copies: in every order the first 1, 2, ... segments of it but not all. Sums: what the copies give to every segment. */
function orders(example: Switchable, orderOf: OrderOf, { samples, spread }: ShapleySamplingOptions): Probe {
  const { count } = example.segments
  const perOrder = count - 1
  const on = new Uint8Array(count)
  let ends: { first: Float64Array; last: Float64Array } | undefined
  return {
    count: samples * perOrder,
    sums: count,
    write(k, into) {
      const order = orderOf(Math.floor(k / perOrder))
      on.fill(0)
      for (let place = 0; place <= k % perOrder; place++) on[order[place]!] = 1
      writeSwitched(example, on, into)
    },
    terms(k, add) {
      const order = orderOf(Math.floor(k / perOrder))
      add(order[k % perOrder]!, 1)
      add(order[(k % perOrder) + 1]!, -1)
    },
    map(gains, { input, baseline }, into) {
      ends ??= countEnds(orderOf, samples, count)
      const { first, last } = ends
      const values = gains.map((gain, s) => (gain + last[s]! * input - first[s]! * baseline) / samples)
      spreadOver(example.segments, values, spread, into)
    }
  }
}

/** How often every segment comes first, from the baseline on, and last, up to the input. */
function countEnds(orderOf: OrderOf, samples: number, segments: number) {
  const [first, last] = [new Float64Array(segments), new Float64Array(segments)]
  for (let k = 0; k < samples; k++) {
    const order = orderOf(k)
    first[order[0]!] = first[order[0]!]! + 1
    last[order[segments - 1]!] = last[order[segments - 1]!]! + 1
  }
  return { first, last }
}
