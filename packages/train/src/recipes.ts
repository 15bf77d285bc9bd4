import { AgonError, knownNames, type Model } from '@agon/core'
import type { FitSettings } from './fit-options.js'
import { cnn } from './nets/cnn.js'
import { mlp } from './nets/mlp.js'
import type { NetOptions } from './nets/net-options.js'

/** The nets of the data randomization test. */
export type NetName = 'cnn' | 'mlp'

/** The labels that a net is fitted to: the right ones, or the same ones permuted. */
export type LabelKind = 'true' | 'permuted'

/** How a net is made, and fitted to a number of examples with labels of each kind. */
export interface Recipe {
  readonly build: (options: Partial<NetOptions>) => Model
  readonly settings: (labels: LabelKind, examples: number) => Partial<FitSettings>
}

/**
 * Permuted labels can only be learnt by heart, which takes many epochs; the fit ends as soon as enough of them are. Until a net begins to, its gradients are little more than
 * noise, and t updates move a weight by about rate sqrt(t): too high a rate washes the initial features out before anything is learnt, and the loss stays at the entropy of the
 * labels. As n examples take a time t in proportion to n, the rate falls as 1 / sqrt(n).
 */
function byHeart(batch: number, epochs: number, examples: number): Partial<FitSettings> {
  const rate = 0.001 * Math.min(1, Math.sqrt(4000 / examples))
  return { batch, epochs, rate, schedule: 'cosine', until: 0.955 }
}

/** The cnn has few weights to update for its many products, so that small batches cost it little; the mlp is the other way round. */
export const recipes: Readonly<Record<NetName, Recipe>> = {
  cnn: {
    build: cnn,
    settings: (labels, n) => (labels === 'true' ? { batch: 64, epochs: 6 } : byHeart(64, 24, n))
  },
  mlp: {
    build: mlp,
    settings: (labels, n) => (labels === 'true' ? { batch: 128, epochs: 5 } : byHeart(128, 18, n))
  }
}

export const netNames = Object.keys(recipes) as readonly NetName[]

/** Throws AGON_UNKNOWN_NAME. */
export function recipeOf(net: string): Recipe {
  if (Object.hasOwn(recipes, net)) return recipes[net as NetName]
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `net '${net}'`, ...knownNames(net, netNames) })
}
