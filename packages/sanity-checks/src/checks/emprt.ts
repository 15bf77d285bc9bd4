import { defineCheck } from './define-check.js'
import { entropyRise } from './entropy.js'
import {
  randomization,
  randomizationDefaults,
  resolveRandomization,
  type RandomizationOptions
} from './randomization.js'

export type EmprtOptions = Omit<RandomizationOptions, 'steps'>

const { norms, target, draws, initialiser, sigma, statistics } = randomizationDefaults

/**
 * Efficient model parameter randomisation test: all layers are drawn anew at once, and the map of a model that knows nothing should be more complex, by the entropy of its histogram. No
 * similarity is needed. Passed where the entropy rises.
 */
export const emprt = defineCheck<EmprtOptions>({
  name: 'emprt',
  cite: entropyRise.cite,
  criterion: { figure: entropyRise.name, threshold: 0, passes: 'above' },
  defaults: { norms, target, draws, initialiser, sigma, statistics },
  resolve: (options) => resolveRandomization('emprt', { ...options, steps: undefined }),
  body: (options) => ({
    ...randomization((layers) => [[...layers].reverse()], { ...options, steps: undefined }),
    figures: [entropyRise]
  })
})
