import { baselineDifference } from './baseline-difference.js'
import { gaussian, type GaussianOptions } from './gaussian.js'
import { given, type GivenOptions } from './given.js'
import { noisyBaseline, type NoisyBaselineOptions } from './noisy-baseline.js'
import type { PerturbationKind } from './perturbation.js'
import { square, type SquareOptions } from './square.js'
import { subset, type SubsetOptions } from './subset.js'

export type PerturbationName = 'subset' | 'square' | 'gaussian' | 'noisy-baseline' | 'baseline-difference' | 'given'

/** Ways to perturb an input, by name. */
export const perturbationKinds: Readonly<Record<PerturbationName, PerturbationKind>> = {
  subset,
  square,
  gaussian,
  'noisy-baseline': noisyBaseline,
  'baseline-difference': baselineDifference,
  given
}

/** The options of all kinds; each knows its own. */
export type PerturbationOptions = GaussianOptions & NoisyBaselineOptions & SquareOptions & SubsetOptions & GivenOptions
