import { assertWhole, rowsOf, type MetricContext } from '@agon/core'
import { assertNoise, rangeNote, rangesOf, type NoiseOptions } from './noise.js'
import type { Perturbed, PerturbationKind } from './perturbation.js'
import { assertUnits, unitsOf, type UnitOptions } from './units.js'

export interface GaussianOptions extends NoiseOptions, UnitOptions {
  readonly samples: number
}

/** I = e, normal with mean 0: the input with noise. Sample k of example n is drawn from stream ('perturbation', n, k). */
export const gaussian: PerturbationKind<GaussianOptions> = {
  formula: 'I normal with mean 0',
  isDifference: false,
  defaults: { samples: 50, noise: 0.1, sigma: undefined, granularity: 'element', channelAxis: undefined },
  check(option, options) {
    assertWhole(option('samples'), options.samples, 1, 1_000_000)
    assertNoise(option, options)
    assertUnits(option, options)
  },
  perturb: (context, options) => noisy(context, rowsOf(context.input), options)
}

/** start - e, e normal, in place of every example; `starts` holds a row for each. */
export function noisy(
  context: MetricContext,
  starts: readonly Float32Array[],
  { samples, noise, sigma, ...options }: GaussianOptions
): Perturbed {
  const { random, input } = context
  const units = unitsOf(input.shape, options)
  const ranges = rangesOf(context)
  const normals = new Float64Array(units.count)
  return {
    count: samples,
    write(n, k, into) {
      const deviation = sigma ?? noise * ranges[n]!
      random.fork('perturbation', n, k).normals(normals)
      for (let i = 0; i < into.length; i++) into[i] = starts[n]![i]! - deviation * normals[units.of[i]!]!
    },
    note: (n) => (sigma === undefined ? rangeNote(ranges[n]!, 'sigma') : undefined)
  }
}
