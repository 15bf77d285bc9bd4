import type { MetricEntry } from '@agon/core'
import { pointingGame } from './pointing-game.js'
import { relevanceMass } from './relevance-mass.js'
import { relevanceRank } from './relevance-rank.js'

export { maskOf, type Box } from './mask.js'
export { pointingGame, type PointingGameOptions } from './pointing-game.js'
export { relevanceMass, type RelevanceMassOptions } from './relevance-mass.js'
export { relevanceRank, type RelevanceRankOptions } from './relevance-rank.js'

/** Metrics of whether a map points at where the evidence is known to be: they need a `mask`. */
export const localisationMetrics: readonly MetricEntry[] = [
  { name: 'pointing-game', create: pointingGame },
  { name: 'relevance-mass', create: relevanceMass },
  { name: 'relevance-rank', create: relevanceRank }
]
