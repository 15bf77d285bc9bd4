import { createReferenceEngine } from '@agon/engine-reference'
import { testEngine } from '@agon/testing/suites'
import { describe, it } from 'vitest'
import { hostEngine, missing } from './host.js'

if (missing === undefined) testEngine(hostEngine(), { oracle: createReferenceEngine() })
else {
  // Skipped with its reason as the title, so that the run says what is missing.
  describe(missing, () => it.skip("engine 'cuda' on the host"))
}
