import { AgonError, assertWhole, type Method, type Random } from '@agon/core'
import { fromLogits } from './cascading.js'
import { changed } from './criteria.js'
import { defineCheck } from './define-check.js'
import { noisyMean } from './noisy-mean.js'
import {
  randomization,
  randomizationDefaults,
  resolveRandomization,
  type RandomizationOptions
} from './randomization.js'

export interface SmprtOptions extends RandomizationOptions {
  /** Noisy inputs, from 1. Default 50. */
  readonly samples: number
  /** Standard deviation of the noise as a share of an example's range, its maximum - its minimum. Default .1. */
  readonly noise: number
}

/**
 * Smooth model parameter randomisation test: `cascading`, where every map is the mean of the maps of noisy inputs, so that what only flickers does not lower similarity. Both maps of a
 * draw have the same noise, from streams named by draw, sample and what the example holds.
 */
export const smprt = defineCheck<SmprtOptions>({
  name: 'smprt',
  cite: 'Hedstrom, Weber, Lapuschkin & Hoehne 2024, Sanity checks revisited: an exploration to repair the model parameter randomisation test, arXiv 2401.06465',
  criterion: changed,
  defaults: { ...randomizationDefaults, samples: 50, noise: 0.1 },
  resolve: (options) => {
    assertWhole('samples of smprt', options.samples, 1, 1_000_000)
    if (!(Number.isFinite(options.noise) && options.noise >= 0)) {
      throw new AgonError('AGON_BAD_OPTION', {
        what: 'noise of smprt',
        expected: 'a number >= 0',
        found: `${options.noise}`
      })
    }
    return resolveRandomization('smprt', options)
  },
  body: ({ samples, noise, ...options }) => {
    const { steps, draws, trial } = randomization(fromLogits, options)
    const smoothed = remembered((method, draw, random: Random) =>
      noisyMean(method, { samples, noise, random: random.fork('smprt', draw) })
    )
    return {
      steps,
      draws,
      trial: async (model, step, draw, random) => ({
        ...(await trial(model, step, draw, random)),
        method: (method) => smoothed(method, draw, random)
      })
    }
  }
})

/** The same object for the same method, draw and seed: so that a runner sees that the unchanged model's map is the same. */
function remembered(make: (method: Method, draw: number, random: Random) => Method): typeof make {
  const made = new WeakMap<Method, Map<string, Method>>()
  return (method, draw, random) => {
    const ofMethod = made.get(method) ?? new Map<string, Method>()
    made.set(method, ofMethod)
    const key = `${random.fork('smprt', draw).uint32()} ${draw}`
    const found = ofMethod.get(key) ?? make(method, draw, random)
    ofMethod.set(key, found)
    return found
  }
}
