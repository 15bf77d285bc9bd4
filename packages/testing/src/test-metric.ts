import type { Engine, Metric } from '@agon/core'
import { createChecks, type Skips } from './suite/check.js'
import { metricChecks } from './suite/metrics.js'
import type { Runner } from './suite/runner.js'
import { tinyCnn, tinyMlp, type TinyModel } from './tiny-models.js'

export interface MetricTestOptions {
  /** What the explained models are run on. */
  readonly engine: Engine
  /** Declares the tests: `{ describe, it }` of vitest, jest, mocha or node:test. */
  readonly runner: Runner
  /** Default: a dense and a convolutional network. */
  readonly models?: readonly TinyModel[]
  /** Checks that this metric cannot pass, by title, each with the reason. */
  readonly skip?: Skips
}

/**
 * The conformance suite of metrics: declares tests, so call it at the top level of a test file. Name, source, direction and range; a score
 * in the range, with its sample count, for every example; determinism; independence of batch and byte budget; abort; and that it
 * tells methods apart.
 */
export function testMetric(
  metric: Metric,
  { engine, runner, models = [tinyMlp(), tinyCnn()], skip }: MetricTestOptions
): void {
  const checks = createChecks(runner, skip)
  runner.describe(`metric '${metric.name}'`, () => {
    metricChecks(checks, { metric, engine }, models)
    checks.assertSkipsUsed()
  })
}
