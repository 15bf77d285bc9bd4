import { competedText, rowsOf, type PerExample, type Tensor } from 'agon'

/** Who competed: all labels, or a subset (an extension of the published competition). */
export interface Competed {
  readonly complete: boolean
  /** Labels that competed; null where their number differs by example. */
  readonly count: number | null
  /** Labels that there are. */
  readonly of: number
  /** Per example. */
  readonly labels: 'all' | PerExample
}

/** Who competed over `logits` `[N, ...]`. */
export function competedRecord(labels: PerExample, logits: Tensor): Competed {
  const of = rowsOf(logits)[0]!.length
  const first = labels[0]!.length
  const count = labels.every(({ length }) => length === first) ? first : null
  const complete = count === of
  return { complete, count, of, labels: complete ? 'all' : labels }
}

/** A line for people that names a subset; nothing where all labels competed. */
export function subsetText({ complete, count, of }: Competed): string {
  if (complete) return ''
  return `  ${count === null ? `other subsets of the ${of} labels competed in every example` : competedText(count, of)}\n`
}
