import type { Engine } from '@agon/core'
import { createLearner } from './learner.js'
import { createSession } from './session.js'

/**
 * The oracle that every other engine is tested against: readable loops in float64, one example and one label at a time, results
 * rounded to float32 at the end. It runs everywhere and is not made to be fast. Backward rules run as surrogates.
 */
export function createReferenceEngine(): Engine {
  return {
    name: 'reference',
    load: async (model) => createSession(model),
    learner: async (model) => createLearner(model)
  }
}
