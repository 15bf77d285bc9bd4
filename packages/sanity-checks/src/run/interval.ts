import { studentT } from '@agon/core'

/** One value of a figure. */
export interface Sample {
  readonly draw: number
  /** Place in the batch, or a name. */
  readonly example: number | string
  readonly value: number
}

export interface Interval {
  readonly value: number
  readonly spread: number
  readonly samples: number
  readonly uncertainty?: number
  /** `'10 draws'` */
  readonly over: string
}

/**
 * Mean and standard deviation of all values, and half of the 95 % interval of the mean: t(m - 1) s / sqrt(m) over m means, of the draws where there are two or more (a draw
 * is shared by all examples, so that examples of one draw are not independent: the interval holds for these examples), else of the examples. None for a single value.
 */
export function intervalOf(values: readonly Sample[]): Interval {
  const numbers = values.map(({ value }) => value)
  const facts = { value: mean(numbers), spread: deviation(numbers), samples: values.length }
  const byDraw = groupMeans(values, ({ draw }) => draw)
  const byExample = groupMeans(values, ({ example }) => example)
  const [means, of] = byDraw.length > 1 ? [byDraw, 'draws'] : [byExample, 'examples']
  const over = `${means.length} ${of}`
  if (means.length < 2) return { ...facts, over }
  return { ...facts, uncertainty: (studentT(means.length - 1) * deviation(means)) / Math.sqrt(means.length), over }
}

function groupMeans(values: readonly Sample[], keyOf: (sample: Sample) => number | string): readonly number[] {
  const groups = new Map<number | string, number[]>()
  for (const sample of values) groups.set(keyOf(sample), [...(groups.get(keyOf(sample)) ?? []), sample.value])
  return [...groups.values()].map(mean)
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Of a sample: over n - 1. */
function deviation(values: readonly number[]): number {
  if (values.length < 2) return 0
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}
