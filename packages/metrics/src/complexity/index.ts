import type { MetricEntry } from '@agon/core'
import { entropy } from './entropy.js'
import { sparseness } from './sparseness.js'

export { entropy } from './entropy.js'
export { sparseness, type ComplexityOptions } from './sparseness.js'

/** Metrics of how little a map points at. They say nothing about whether it is right. */
export const complexityMetrics: readonly MetricEntry[] = [
  { name: 'sparseness', create: sparseness },
  { name: 'entropy', create: entropy }
]
