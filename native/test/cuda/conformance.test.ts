import { createReferenceEngine } from '@agon/engine-reference'
import { testEngine } from '@agon/testing/suites'
import { describe, it } from 'vitest'
import { hostEngine, missing } from './host.js'

if (missing === undefined) testEngine(hostEngine(), { oracle: createReferenceEngine() })
else describe(missing, () => it.skip("engine 'cuda' on the host"))
