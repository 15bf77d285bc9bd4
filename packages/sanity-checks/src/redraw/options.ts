import { AgonError, assertChoice } from '@agon/core'
import type { Norms } from '../layers/layer.js'

/**
 * How weights are drawn. `'own'` (default): He et al. 2015, normal with variance 2 / fan-in, for layers that a rectifier follows, Glorot & Bengio 2010, uniform within
 * sqrt(6 / (fan-in + fan-out)), for others, tables standard normal. `'xavier'`: Glorot's for all. `'truncated-normal'`: normal with the standard deviation `sigma`, drawn again
 * beyond 2 sigma. `'permutation'`: the trained numbers of every constant in a random order.
 */
export type Initialiser = 'own' | 'truncated-normal' | 'xavier' | 'permutation'

/**
 * What becomes of the running statistics of a batch normalisation that is drawn anew. `'reset'`: mean 0, variance 1, as in a net that nobody has trained; `'keep'`: the
 * trained ones; `'permute'`: the trained ones in another order of the channels, mean and variance alike.
 */
export type StatisticsPolicy = 'keep' | 'reset' | 'permute'

export interface RedrawOptions {
  readonly initialiser: Initialiser
  /** Of a truncated normal, > 0. Default .01. */
  readonly sigma: number | undefined
  /** Default: `'permute'` with `initialiser: 'permutation'`, else `'reset'`. */
  readonly statistics: StatisticsPolicy | undefined
}

export const initialisers: readonly Initialiser[] = ['own', 'truncated-normal', 'xavier', 'permutation']
export const statisticsPolicies: readonly StatisticsPolicy[] = ['keep', 'reset', 'permute']
export const normsChoices: readonly Norms[] = ['joined', 'separate']

export const redrawDefaults: RedrawOptions = { initialiser: 'own', sigma: undefined, statistics: undefined }

/** Standard deviation of a truncated normal: Adebayo et al. 2018, section 3. */
export const defaultSigma = 0.01

/** Checked and filled in. Throws AGON_BAD_OPTION. */
export function resolveRedraw<O extends RedrawOptions>(owner: string, options: O): O {
  const { initialiser, sigma, statistics } = options
  assertChoice(`initialiser of ${owner}`, initialiser, initialisers)
  if (statistics !== undefined) assertChoice(`statistics of ${owner}`, statistics, statisticsPolicies)
  const isTruncated = initialiser === 'truncated-normal'
  if (sigma !== undefined && (!isTruncated || !(Number.isFinite(sigma) && sigma > 0))) {
    throw new AgonError('AGON_BAD_OPTION', {
      what: `sigma of ${owner}`,
      expected: isTruncated ? 'a number > 0' : "it beside initialiser 'truncated-normal'",
      found: isTruncated ? `${sigma}` : `'${initialiser}'`
    })
  }
  return {
    ...options,
    ...(isTruncated && { sigma: sigma ?? defaultSigma }),
    statistics: statistics ?? (initialiser === 'permutation' ? 'permute' : 'reset')
  }
}
