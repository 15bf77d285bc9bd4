import { testEngine } from '@agon/testing/suites'
import { createReferenceEngine } from '../src/index.js'

testEngine(createReferenceEngine(), { oracle: createReferenceEngine() })
