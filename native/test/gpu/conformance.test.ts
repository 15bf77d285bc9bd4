import { createReferenceEngine } from '@agon/engine-reference'
import { testEngine } from '@agon/testing/suites'
import { describe, it } from 'vitest'
import { testAgainstReference } from '../cuda/against-reference.js'
import { gpuEngine, noGpu } from './gpu.js'

if (noGpu === undefined) {
  testEngine(gpuEngine(), { oracle: createReferenceEngine() })
  describe("engine 'cuda' on a GPU", () => testAgainstReference(gpuEngine))
} else {
  // Skipped with its reason as the title: a machine without a GPU says so.
  describe(noGpu, () => it.skip("engine 'cuda' on a GPU"))
}
