import { createReferenceEngine } from '@agon/engine-reference'
import { testEngine } from '@agon/testing/suites'
import { cpuEngine } from './helpers.js'

testEngine(cpuEngine(), { oracle: createReferenceEngine() })
