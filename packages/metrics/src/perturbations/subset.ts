import { AgonError, assertBaseline, assertWhole, rowsOf, type Random } from '@agon/core'
import { baselineRows, type BaselineOptions } from './baseline-rows.js'
import type { PerturbationKind } from './perturbation.js'
import { assertUnits, unitsOf, type UnitOptions } from './units.js'

export interface SubsetOptions extends BaselineOptions, UnitOptions {
  readonly samples: number
  /** Of the pixels or elements, above 0 and up to 1: so many are set to the baseline at once, rounded, and at least one. */
  readonly share: number
}

/** I = x - x0 on a random subset of the pixels or elements, 0 elsewhere. Subset k of example n is drawn from stream ('perturbation', n, k). */
export const subset: PerturbationKind<SubsetOptions> = {
  formula: 'I = x - x0 on a random subset and 0 elsewhere, x0 the baseline',
  isDifference: true,
  defaults: { samples: 50, share: 0.1, granularity: 'pixel', channelAxis: undefined, baseline: undefined },
  check(option, options) {
    assertWhole(option('samples'), options.samples, 1, 1_000_000)
    assertShare(option('share'), options.share)
    assertUnits(option, options)
    assertBaseline(option('baseline'), options.baseline)
  },
  perturb(context, { samples, share, baseline, ...options }) {
    const { input, random } = context
    const [inputs, rows] = [rowsOf(input), baselineRows(context, baseline)]
    const units = unitsOf(input.shape, options)
    const size = Math.max(1, Math.round(share * units.count))
    return {
      count: samples,
      write(n, k, into) {
        const isChosen = chosen(random.fork('perturbation', n, k), units.count, size)
        for (let i = 0; i < into.length; i++) into[i] = isChosen[units.of[i]!] === 1 ? rows[n]![i]! : inputs[n]![i]!
      }
    }
  }
}

/** 1 at `size` of `count` places, every such set alike likely (Floyd's sampling: Bentley & Floyd 1987, doi 10.1145/30401.315746). */
function chosen(random: Random, count: number, size: number): Uint8Array {
  const is = new Uint8Array(count)
  for (let last = count - size; last < count; last++) {
    const at = random.integer(last + 1)
    is[is[at] === 1 ? last : at] = 1
  }
  return is
}

function assertShare(what: string, share: number): void {
  if (share > 0 && share <= 1) return
  throw new AgonError('AGON_BAD_OPTION', { what, expected: 'a number above 0 and up to 1', found: String(share) })
}
