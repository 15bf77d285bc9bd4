import { describe, it } from 'node:test'
import { createReferenceEngine } from '@agon/engine-reference'
import { testMethod } from '@agon/testing'
import { myMethod } from '../src/my-method.js'

testMethod(myMethod, { engine: createReferenceEngine(), runner: { describe, it }, options: { power: 0.5 } })
