import {
  competedText,
  rowsOf,
  type Competition,
  type Contest,
  type ContestGroup,
  type PerExample,
  type Tensor
} from 'agon'

/** What of a competition is not the published one. */
export type Extension = 'subset' | 'groups' | 'soft' | 'margin'

/** Who competed: all labels, or a subset or groups of them, and what else is an extension of the published competition. */
export interface Competed {
  readonly complete: boolean
  /** Labels that competed; null where their number differs by example. */
  readonly count: number | null
  /** Labels that there are. */
  readonly of: number
  /** Per example. */
  readonly labels: 'all' | PerExample
  /** Groups that competed in place of single labels; null without. */
  readonly groups: readonly ContestGroup[] | null
  /** Extensions of Agon; empty for the published competition. */
  readonly extensions: readonly Extension[]
}

/** Who competed over `logits` `[N, ...]`, in what form. */
export function competedRecord(
  labels: PerExample,
  logits: Tensor,
  { groups }: Contest,
  competition: Competition = 'strict'
): Competed {
  const of = rowsOf(logits)[0]!.length
  const first = labels[0]!.length
  const count = labels.every(({ length }) => length === first) ? first : null
  const complete = count === of
  const extensions: Extension[] = [
    ...(complete || groups ? [] : (['subset'] as const)),
    ...(groups ? (['groups'] as const) : []),
    ...(competition === 'strict' ? [] : [competition])
  ]
  return { complete, count, of, labels: complete ? 'all' : labels, groups: groups ?? null, extensions }
}

/** A line for people that names a subset, or groups; nothing where all labels competed. */
export function subsetText({ complete, count, of, groups }: Competed): string {
  if (complete && groups === null) return ''
  if (count === null) return `  other subsets of the ${of} labels competed in every example, an extension of Agon\n`
  return `  ${competedText(count, of, groups?.length)}\n`
}
