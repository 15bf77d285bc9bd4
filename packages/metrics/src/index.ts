import { createRegistry, type MetricEntry, type Registry } from '@agon/core'
import { complexityMetrics } from './complexity/index.js'
import { faithfulnessMetrics } from './faithfulness/index.js'
import { localisationMetrics } from './localisation/index.js'
import { explanationMetrics } from './registry.js'

export { completenessGap, type CompletenessGapOptions } from './completeness-gap.js'
export { infidelity, type InfidelityOptions } from './infidelity.js'
export { infidelityOf, type Infidelity } from './infidelity-of.js'
export { maxSensitivity, type MaxSensitivityOptions } from './max-sensitivity.js'
export type { PerturbationName, PerturbationOptions } from './perturbations/kinds.js'
export { largestChange, type Change } from './sensitivity/largest-change.js'
export * from './complexity/index.js'
export * from './faithfulness/index.js'
export * from './localisation/index.js'

/** Every metric of this package by name; extend with `.with(...)`. */
export const metrics: Registry<MetricEntry> = createRegistry('metric', [
  ...explanationMetrics,
  ...faithfulnessMetrics,
  ...complexityMetrics,
  ...localisationMetrics
])
