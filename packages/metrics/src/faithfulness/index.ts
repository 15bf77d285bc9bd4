import type { MetricEntry } from '@agon/core'
import { aopc } from './aopc.js'
import { deletion } from './deletion.js'
import { insertion } from './insertion.js'
import { monotonicityCorrelation } from './monotonicity-correlation.js'
import { monotonicity } from './monotonicity.js'
import { pixelFlipping } from './pixel-flipping.js'
import { road } from './road.js'
import { sensitivityN } from './sensitivity-n.js'
import { sufficiency } from './sufficiency.js'

export { aopc, type AopcOptions } from './aopc.js'
export type { Perturbed } from './copies.js'
export {
  areaUnder,
  curveDefaults,
  deletionCurves,
  insertionCurves,
  type Curve,
  type CurveOptions,
  type Order
} from './curve.js'
export { deletion } from './deletion.js'
export { imputed } from './imputation.js'
export { insertion } from './insertion.js'
export { monotonicityCorrelation, type MonotonicityCorrelationOptions } from './monotonicity-correlation.js'
export { monotonicity, type MonotonicityOptions } from './monotonicity.js'
export { pixelFlipping, type PixelFlippingOptions } from './pixel-flipping.js'
export type { Reading } from './reading.js'
export type { Replacement } from './replacement.js'
export { road, type RoadOptions } from './road.js'
export { sensitivityN, type SensitivityNOptions } from './sensitivity-n.js'
export { sufficiency, type SufficiencyOptions } from './sufficiency.js'

/** Metrics that change the input where a map says so, and see what the model makes of it. */
export const faithfulnessMetrics: readonly MetricEntry[] = [
  { name: 'deletion', create: deletion },
  { name: 'insertion', create: insertion },
  { name: 'aopc', create: aopc },
  { name: 'pixel-flipping', create: pixelFlipping },
  { name: 'road', create: road },
  { name: 'sensitivity-n', create: sensitivityN },
  { name: 'monotonicity', create: monotonicity },
  { name: 'monotonicity-correlation', create: monotonicityCorrelation },
  { name: 'sufficiency', create: sufficiency }
]
