// The suites bound to vitest, so that a test file only names what is tested.
import { describe, it } from 'vitest'
import * as suites from './index.js'
import type {
  EngineTestOptions,
  MethodFactory,
  MethodTestOptions,
  MetricTestOptions,
  SimilarityTestOptions
} from './index.js'
import type { Engine, Metric, Similarity } from '@agon/core'

type Bound<Options> = Omit<Options, 'runner'>
const runner = { describe, it }

/** `testEngine` of the main entry, in vitest. */
export const testEngine = (engine: Engine, options: Bound<EngineTestOptions>): void =>
  suites.testEngine(engine, { ...options, runner })

/** `testMethod` of the main entry, in vitest. */
export const testMethod = (factory: MethodFactory, options: Bound<MethodTestOptions>): void =>
  suites.testMethod(factory, { ...options, runner })

/** `testSimilarity` of the main entry, in vitest. */
export const testSimilarity = (similarity: Similarity, options: Bound<SimilarityTestOptions> = {}): void =>
  suites.testSimilarity(similarity, { ...options, runner })

/** `testMetric` of the main entry, in vitest. */
export const testMetric = (metric: Metric, options: Bound<MetricTestOptions>): void =>
  suites.testMetric(metric, { ...options, runner })
