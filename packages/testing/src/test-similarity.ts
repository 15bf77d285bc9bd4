import type { Similarity } from '@agon/core'
import { createChecks, type Skips } from './suite/check.js'
import type { Runner } from './suite/runner.js'
import { similarityChecks } from './suite/similarities.js'

export interface SimilarityTestOptions {
  /** Declares the tests: `{ describe, it }` of vitest, jest, mocha or node:test. */
  readonly runner: Runner
  /** Shapes of the maps, without a batch axis. Default: a picture of one channel, one of three, and a vector. */
  readonly shapes?: readonly (readonly number[])[]
  /** Checks that this similarity cannot pass, by title, each with the reason. */
  readonly skip?: Skips
}

/**
 * The conformance suite of similarities: declares tests, so call it at the top level of a test file. Name, source, direction and range; the
 * best value for a map and itself; symmetry where it is claimed; values in the range, for constant maps, too; order; determinism.
 */
export function testSimilarity(similarity: Similarity, options: SimilarityTestOptions): void {
  const { runner, shapes = [[1, 20, 20], [3, 18, 22], [60]], skip } = options
  const checks = createChecks(runner, skip)
  runner.describe(`similarity '${similarity.name}'`, () => {
    similarityChecks(checks, similarity, shapes)
    checks.assertSkipsUsed()
  })
}
