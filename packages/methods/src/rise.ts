import { AgonError, assertWhole, defineMethod, rowsOf } from '@agon/core'
import { assertTables } from './perturbation/budget.js'
import { assertFill, fillsOf, type Fill } from './perturbation/fill.js'
import { planesOf, writeEveryChannel, type Planes } from './perturbation/planes.js'
import type { Probe } from './perturbation/probe.js'
import { maskBytes, smoothMasks, type SmoothMasks } from './perturbation/rise-masks.js'
import { scored } from './perturbation/scores.js'

export interface RiseOptions {
  /** Masks for every example, at most a million. Default 4000. */
  readonly samples: number
  /** Cells of a mask along each axis. Default 7. */
  readonly cells: number
  /** That a node of the mask lets its surroundings through, above 0 and at most 1. Default 0.5. */
  readonly probability: number
  /** Whether the mean of the scores is taken from each of them first: a map is then 0 where showing an element makes no difference. Default false. */
  readonly centered: boolean
  /** What a mask shows where it is 0: a number, a tensor or `'mean'`. Default: the baseline of the call, else zero. */
  readonly baseline: Fill | undefined
}

/**
 * RISE of logit f: the mean score of the masked copies that show an element, for masks M_k with values in 0 .. 1 and expectation p,
 *
 *     (1/(p n)) sum over k of f(b + M_k (x - b)) M_k(i)
 *
 * `[L, N, ...input]` in units of the logit, the same in all channels, for all labels from n forward passes. Masks: see `smoothMasks`; mask k of example n is drawn from
 * stream ('mask', n, k).
 */
export const rise = defineMethod<RiseOptions>({
  name: 'rise',
  cite: 'Petsiuk, Das & Saenko 2018, RISE: Randomized Input Sampling for Explanation of Black-box Models, arXiv 1806.07421',
  defaults: { samples: 4000, cells: 7, probability: 0.5, centered: false, baseline: undefined },
  check({ samples, cells, probability, baseline }) {
    assertWhole("option 'samples' of rise", samples, 1, 1_000_000)
    assertWhole("option 'cells' of rise", cells, 1, 256)
    assertProbability(probability)
    assertFill("option 'baseline' of rise", baseline)
  },
  async prepare(context, { samples, cells, probability, centered, baseline }) {
    const planes = planesOf(context.input.shape)
    const fills = fillsOf(context, baseline)
    assertTables('rise', context, fills.length * maskBytes(cells, samples))
    const probes = rowsOf(context.input).map((x, n) => {
      const randomOf = (k: number) => context.random.fork('mask', n, k)
      const masks = smoothMasks(planes, cells, probability, samples, randomOf)
      return masked(x, fills[n]!, planes, masks, { samples, probability, centered })
    })
    return scored(context, probes)
  }
})

function assertProbability(value: number): void {
  if (value > 0 && value <= 1) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: "option 'probability' of rise",
    expected: 'a number above 0 and at most 1',
    found: `${value}`
  })
}

/** Copy k is the example under mask k; sum k its score. */
function masked(
  x: Float32Array,
  fill: Float32Array,
  { height, width }: Planes,
  masks: SmoothMasks,
  { samples, probability, centered }: Pick<RiseOptions, 'samples' | 'probability' | 'centered'>
): Probe {
  const size = height * width
  const mask = new Float32Array(size)
  return {
    count: samples,
    sums: samples,
    write(k, into) {
      masks.write(k, mask)
      for (let from = 0; from < into.length; from += size) {
        for (let at = 0; at < size; at++) {
          const i = from + at
          into[i] = fill[i]! + mask[at]! * (x[i]! - fill[i]!)
        }
      }
    },
    terms: (k, add) => add(k, 1),
    map(scores, _ends, into) {
      const offset = centered ? scores.reduce((sum, score) => sum + score, 0) / samples : 0
      const weights = scores.map((score) => (score - offset) / (probability * samples))
      writeEveryChannel(masks.weightedSum(weights), into)
    }
  }
}
