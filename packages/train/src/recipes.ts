import { AgonError, knownNames, type Model } from '@agon/core'
import type { FitSettings } from './fit-options.js'
import { cnn } from './nets/cnn.js'
import { mlp } from './nets/mlp.js'
import type { NetOptions } from './nets/net-options.js'

/** The nets of the data randomization test. */
export type NetName = 'cnn' | 'mlp'

/** The labels that a net is fitted to: the right ones, or the same ones permuted. */
export type LabelKind = 'true' | 'permuted'

/** How a net is made, and fitted to each kind of labels. */
export interface Recipe {
  readonly build: (options: Partial<NetOptions>) => Model
  readonly settings: Readonly<Record<LabelKind, Partial<FitSettings>>>
}

/** Permuted labels can only be learnt by heart, which takes many epochs; the fit ends as soon as enough of them are. */
const byHeart = { schedule: 'cosine', until: 0.955 } as const

/** The cnn has few weights to update for its many products, so that small batches cost it little; the mlp is the other way round. */
export const recipes: Readonly<Record<NetName, Recipe>> = {
  cnn: {
    build: cnn,
    settings: { true: { batch: 64, epochs: 6 }, permuted: { ...byHeart, batch: 64, epochs: 24 } }
  },
  mlp: {
    build: mlp,
    settings: { true: { batch: 128, epochs: 5 }, permuted: { ...byHeart, batch: 128, epochs: 18 } }
  }
}

export const netNames = Object.keys(recipes) as readonly NetName[]

/** Throws AGON_UNKNOWN_NAME. */
export function recipeOf(net: string): Recipe {
  if (Object.hasOwn(recipes, net)) return recipes[net as NetName]
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `net '${net}'`, ...knownNames(net, netNames) })
}
