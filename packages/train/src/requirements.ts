import { AgonError } from '@agon/core'
import type { NetRecord } from './train-net.js'

/** What a net must have reached. */
export interface Requirement {
  readonly figure: 'training accuracy' | 'test accuracy'
  readonly value: number
  /** Least and largest value that will do. */
  readonly range: readonly [least: number, most: number]
  readonly met: boolean
}

/** Least test accuracy of a net that was fitted to all true labels, by data set: what Adebayo et al. 2018 and makers of the data set report, less a little. */
const leastTestAccuracy: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  mnist: { cnn: 0.99, mlp: 0.98 },
  'fashion-mnist': { cnn: 0.9, mlp: 0.88 }
}

/** Above this, permuted labels count as learnt by heart. */
const byHeart = 0.95

/**
 * A net answers alike for pictures of one kind: what labels these happen to have been given decides for many of them. So its accuracy on the test examples varies as if
 * permuted labels of n examples were n / 9 independent guesses (measured on nets of 500 to 5000 examples, in docs/training.md), besides the m guesses of the test.
 */
const alike = 9

/**
 * What the data randomization test asks of a net. Permuted labels: more than 95 % training accuracy, and a test accuracy that is that of guessing among K labels to within
 * three standard deviations, 3 sqrt((1 / K) (1 - 1 / K) (1 / m + 9 / n)): 1.4 % for K = 10, m = 10,000 test and n = 60,000 training examples. True labels of all
 * training examples: the data set's least test accuracy.
 */
export function requirementsOf(record: NetRecord, classes: number): readonly Requirement[] {
  const { labels, trainAccuracy, testAccuracy, testExamples, examples } = record
  if (labels === 'true') return trueRequirements(record)
  const chance = 1 / classes
  const most = 3 * Math.sqrt(chance * (1 - chance) * (1 / testExamples + alike / examples))
  return [
    requirement('training accuracy', trainAccuracy, [byHeart, 1]),
    requirement('test accuracy', testAccuracy, [chance - most, chance + most])
  ]
}

function trueRequirements({ data, net, testAccuracy, examples }: NetRecord): readonly Requirement[] {
  const least = leastTestAccuracy[data]?.[net]
  if (least === undefined || examples < 60_000) return []
  return [requirement('test accuracy', testAccuracy, [least, 1])]
}

function requirement(figure: Requirement['figure'], value: number, range: Requirement['range']): Requirement {
  return { figure, value, range, met: value >= range[0] && value <= range[1] }
}

/** Throws AGON_NOT_FITTED for a net that has not reached what it must. */
export function assertRequirements(record: NetRecord, classes: number): void {
  const missed = requirementsOf(record, classes).find(({ met }) => !met)
  if (missed === undefined) return
  const [least, most] = missed.range.map(percent) as [string, string]
  throw new AgonError('AGON_NOT_FITTED', {
    what: `${missed.figure} of ${record.net} on ${record.labels} labels of ${record.data}`,
    expected: `${least} to ${most}`,
    found: `${percent(missed.value)} after ${record.history.length} epochs`,
    remedy: 'Fit for more epochs, or with another rate or seed.'
  })
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}
