import type { MetricEntry } from '@agon/core'
import { completenessGap } from './completeness-gap.js'
import { infidelity } from './infidelity.js'
import { maxSensitivity } from './max-sensitivity.js'

/** How well maps tell what a change does, and how steady they are. */
export const explanationMetrics: readonly MetricEntry[] = [
  { name: 'infidelity', create: infidelity },
  { name: 'max-sensitivity', create: maxSensitivity },
  { name: 'completeness-gap', create: completenessGap }
]
