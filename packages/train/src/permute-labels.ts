import type { Random } from '@agon/core'
import type { Examples } from './examples.js'

/**
 * The same labels in a random order: every label is as frequent as before, and says nothing about its example any more (Adebayo et al. 2018,
 * arXiv 1810.03292: the data randomization test).
 */
export function permuteLabels(labels: readonly number[], random: Random): number[] {
  return random.permutation(labels.length).map((index) => labels[index]!)
}

/** The same examples with permuted labels, drawn from a stream of their own. */
export function withPermutedLabels(examples: Examples, random: Random): Examples {
  return { ...examples, labels: permuteLabels(examples.labels, random.fork('permuted labels')) }
}
