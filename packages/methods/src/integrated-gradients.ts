import {
  assertBaseline,
  assertChoice,
  assertWhole,
  baselineOf,
  defineMethod,
  logitsAt,
  minusBaseline,
  timesEach,
  type Baseline,
  type MethodContext,
  type Tensor
} from '@agon/core'
import { reduceCopies, type Copies } from './averaging/copies.js'
import { quadratures, type QuadratureName } from './averaging/quadrature.js'
import { weightedMean } from './averaging/reductions.js'
import { gradient } from './gradient.js'

export interface IntegratedGradientsOptions {
  /** Points of the path at which the gradient is taken, 1 to 10000. Default 50. */
  readonly steps: number
  /** `'gauss-legendre'` (default) or `'midpoint'`; neither takes the gradient at the ends of the path. */
  readonly quadrature: QuadratureName
  /** Where the path begins. Default: the baseline of the call, else zero in the units of the input. */
  readonly baseline: Baseline | undefined
  /** `'global'` (default): times input - baseline, in units of the logit; `'local'`: the mean gradient itself. */
  readonly multiplier: 'global' | 'local'
}

const integratedGradientsDefaults: IntegratedGradientsOptions = {
  steps: 50,
  quadrature: 'gauss-legendre',
  baseline: undefined,
  multiplier: 'global'
}

/**
 * Integrated gradients of logit f on the straight path from the baseline b to the input x, for every element i:
 *
 *     local_i  = integral over t in 0 .. 1 of df/dx_i (b + t (x - b))
 *     global_i = (x_i - b_i) local_i,    whose sum is f(x) - f(b) as far as the steps resolve the integral
 *
 * `[L, N, ...input]`. Global maps come with the logits at the baseline, from which `completeness` tells the gap. Local and global as
 * in Kokhlikyan et al. 2021, arXiv 2106.07475.
 */
export const integratedGradients = defineMethod({
  name: 'integrated-gradients',
  cite: 'Sundararajan, Taly & Yan 2017, Axiomatic Attribution for Deep Networks, arXiv 1703.01365',
  defaults: integratedGradientsDefaults,
  multiplier: ({ multiplier }) => (multiplier === 'global' ? 'input-minus-baseline' : 'none'),
  check({ steps, quadrature, baseline, multiplier }) {
    const option = (name: string): string => `option '${name}' of integrated-gradients`
    assertWhole(option('steps'), steps, 1, 10_000)
    assertChoice(option('quadrature'), quadrature, Object.keys(quadratures))
    assertBaseline(option('baseline'), baseline)
    assertChoice(option('multiplier'), multiplier, ['global', 'local'])
  },
  async attribute(context, { steps, quadrature, baseline, multiplier }) {
    const start = baselineOf(context, baseline)
    const { points, weights } = quadratures[quadrature](steps)
    const local = await reduceCopies(context, gradient(), straightPath(context, start, points), weightedMean(weights))
    if (multiplier === 'local') return local
    return {
      attribution: timesEach(local, minusBaseline(context.input, start)),
      baselineLogits: await logitsAt(context, start)
    }
  }
})

/** b + t (x - b) for every t. */
function straightPath({ input }: MethodContext, { data: from }: Tensor, points: Float64Array): Copies {
  return {
    count: points.length,
    write(n, k, into) {
      const point = points[k]!
      const first = n * into.length
      const x = input.data.subarray(first, first + into.length)
      const start = from.subarray(first % from.length, (first % from.length) + into.length)
      for (let i = 0; i < into.length; i++) into[i] = start[i]! + point * (x[i]! - start[i]!)
    }
  }
}
