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
  /** Whether the net takes the mean of its training pictures off, and divides by their deviation. */
  readonly standardises: boolean
  readonly build: (options: Partial<NetOptions>) => Model
  readonly settings: (labels: LabelKind, examples: number) => Partial<FitSettings>
}

/**
 * Permuted labels can only be learnt by heart, which takes many epochs; the fit ends as soon as enough of them are. Until a net begins to, its gradients are little more than
 * noise: too high a rate for its batch washes the initial features out before anything is learnt, and the loss stays at the entropy of the labels. The more examples, the longer that
 * time, so that batches grow with their number and the rate begins small. `settings` are those for more than 4000 examples; fewer are learnt at a rate of 0.001 that rises sooner.
 */
function byHeart(settings: HeartSettings, examples: number): Partial<FitSettings> {
  const doublings = Math.max(0, Math.floor(Math.log2(examples / 7500)))
  const few = examples > 4000 ? {} : { rate: 0.001, warmup: 0.05 }
  return { ...settings, ...few, batch: settings.batch * 2 ** doublings, schedule: 'one-cycle', until: 0.955 }
}

type HeartSettings = Pick<FitSettings, 'batch' | 'epochs' | 'rate' | 'warmup'>

const cnnByHeart: HeartSettings = { batch: 64, epochs: 36, rate: 0.001, warmup: 0.4 }
const mlpByHeart: HeartSettings = { batch: 128, epochs: 24, rate: 0.0012, warmup: 0.4 }

/** Pulls weights that the pictures do not need towards 0, which names more of the pictures that a net was not fitted to. */
const decay = 0.1

/**
 * The cnn has few weights to update for its many products, so that small batches cost it little; the mlp is the other way round. The mlp takes pictures as they are: fitted to standardised
 * ones it knows them by heart as soon, but names 97.8 % of the test pictures in place of 98.6 %.
 */
export const recipes: Readonly<Record<NetName, Recipe>> = {
  cnn: {
    standardises: true,
    build: cnn,
    settings: (labels, n) => (labels === 'true' ? { batch: 64, epochs: 6, decay } : byHeart(cnnByHeart, n))
  },
  mlp: {
    standardises: false,
    build: mlp,
    settings: (labels, n) => (labels === 'true' ? { batch: 128, epochs: 5, decay } : byHeart(mlpByHeart, n))
  }
}

export const netNames = Object.keys(recipes) as readonly NetName[]

/** Throws AGON_UNKNOWN_NAME. */
export function recipeOf(net: string): Recipe {
  if (Object.hasOwn(recipes, net)) return recipes[net as NetName]
  throw new AgonError('AGON_UNKNOWN_NAME', { what: `net '${net}'`, ...knownNames(net, netNames) })
}
