import { createRegistry, type MetricEntry, type Registry } from '@agon/core'
import { explanationMetrics } from './registry.js'

export { completenessGap, type CompletenessGapOptions } from './completeness-gap.js'
export { infidelity, type InfidelityOptions } from './infidelity.js'
export { infidelityOf, type Infidelity } from './infidelity-of.js'
export { maxSensitivity, type MaxSensitivityOptions } from './max-sensitivity.js'
export type { PerturbationName, PerturbationOptions } from './perturbations/kinds.js'
export { largestChange, type Change } from './sensitivity/largest-change.js'

/** Every metric of this package by name; extend with `.with(...)`. */
export const metrics: Registry<MetricEntry> = createRegistry('metric', explanationMetrics)
