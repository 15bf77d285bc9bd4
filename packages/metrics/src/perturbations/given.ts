import { AgonError, assertFinite, formatShape, sizeOf, type MetricContext, type Tensor } from '@agon/core'
import type { PerturbationKind } from './perturbation.js'

export interface GivenOptions {
  /** Perturbed inputs, `[N, samples, ...]`. */
  readonly perturbed: Tensor | undefined
  /** The perturbations I of the same shape, which need not be the input minus the perturbed one, and are taken as they are. */
  readonly perturbations: Tensor | undefined
}

/** Perturbed inputs made elsewhere: to compare figures, or to perturb in a way of one's own. */
export const given: PerturbationKind<GivenOptions> = {
  formula: 'x - I given',
  isDifference: false,
  defaults: { perturbed: undefined, perturbations: undefined },
  check(option, { perturbed }) {
    if (perturbed !== undefined) return
    throw new AgonError('AGON_BAD_OPTION', {
      what: option('perturbed'),
      expected: 'a tensor of perturbed inputs [N, samples, ...]',
      found: 'none'
    })
  },
  perturb(context, { perturbed, perturbations }) {
    const inputs = givenRows('perturbed', context, perturbed!)
    if (perturbations === undefined) return inputs
    const given = givenRows('perturbations', context, perturbations)
    if (given.count !== inputs.count) throw misfit('perturbations', perturbed!.shape, perturbations)
    return { ...inputs, perturbation: given.row }
  }
}

/** The rows of a tensor `[N, samples, ...]` for an input `[N, ...]`. Throws AGON_BAD_INPUT if it does not fit, AGON_NOT_FINITE for NaN or infinity. */
export function givenRows(option: string, { input }: Pick<MetricContext, 'input'>, of: Tensor) {
  const [examples, ...rest] = input.shape
  const [ofExamples, count, ...ofRest] = of.shape
  const fits = ofExamples === examples && count! >= 1 && ofRest.join() === rest.join()
  if (!fits || of.data.length !== sizeOf(of.shape)) throw misfit(option, [examples!, 'samples', ...rest], of)
  assertFinite(`option '${option}'`, of)
  const size = sizeOf(rest)
  const row = (n: number, k: number): Float32Array => {
    const from = (n * count! + k) * size
    return of.data.subarray(from, from + size)
  }
  return { count: count!, row, write: (n: number, k: number, into: Float32Array) => into.set(row(n, k)) }
}

function misfit(option: string, expected: readonly (number | string)[], { shape, data }: Tensor): AgonError {
  return new AgonError('AGON_BAD_INPUT', {
    what: `option '${option}'`,
    expected: `a tensor ${formatShape(expected)}`,
    found: `${data.length} values of shape ${formatShape(shape)}`
  })
}
