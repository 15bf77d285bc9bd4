import { createReferenceEngine } from '@agon/engine-reference'
import { testEngine } from '@agon/testing/suites'
import { describe, it } from 'vitest'
import { testAgainstReference } from '../cuda/against-reference.js'
import { gpuEngine, noGpu } from './gpu.js'

if (noGpu === undefined) {
  testEngine(gpuEngine(), { oracle: createReferenceEngine() })
  describe("engine 'cuda' on a GPU", () => testAgainstReference(gpuEngine))
} else describe(noGpu, () => it.skip("engine 'cuda' on a GPU"))
