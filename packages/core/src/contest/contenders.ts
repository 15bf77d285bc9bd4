import type { PerExample } from '../engine.js'
import { AgonError } from '../error.js'
import { ranked, rowsOf } from '../labels.js'
import type { MethodContext } from '../method.js'
import { sizeOf } from '../tensor.js'
import { resolveGroups, type ContestGroup, type Groups } from './groups.js'

/** Who meets whom: single labels, or groups of them. */
export interface Contenders {
  /** Per example, ascending: labels, or places in `groups`. */
  readonly indices: PerExample
  /** The contenders to explain, `[N][L]`. */
  readonly targets: PerExample
  readonly groups?: readonly ContestGroup[]
}

/**
 * The contestants of a context themselves, or the groups that they form: a group meets the others with those of its labels that are contestants. Throws
 * AGON_BAD_INPUT for a target that is in no group.
 */
export function contendersOf(context: MethodContext, groups: Groups | undefined): Contenders {
  const { contestants, targets, logits, session } = context
  if (groups === undefined) return { indices: contestants, targets }
  const found = resolveGroups(groups, sizeOf(logits.shape.slice(1)), session.model.labels)
  const groupOf = new Map(found.flatMap(({ labels }, g) => labels.map((label) => [label, g] as const)))
  const indices = contestants.map((labels) => {
    const present = new Set(labels.map((label) => groupOf.get(label)))
    return found.flatMap((_, g) => (present.has(g) ? [g] : []))
  })
  const named = (label: number): number => groupOf.get(label) ?? refuseUngrouped(label, found, session.model.labels)
  return { indices, targets: targets.map((labels) => labels.map(named)), groups: found }
}

/** The competing labels that make up a contender, ascending. */
export function labelsOf({ groups }: Contenders, contestants: readonly number[], index: number): readonly number[] {
  if (groups === undefined) return [index]
  const competing = new Set(contestants)
  return groups[index]!.labels.filter((label) => competing.has(label)).sort((a, b) => a - b)
}

/** The contenders of every example by falling logit, of a group the largest one of its labels; the lower index first among equals. */
export function rankedContenders({ logits, contestants }: MethodContext, contenders: Contenders): PerExample {
  return rowsOf(logits).map((row, n) => {
    const strongest = contenders.indices[n]!.map((index) =>
      labelsOf(contenders, contestants[n]!, index).reduce((most, label) => Math.max(most, row[label]!), -Infinity)
    )
    return ranked(Float32Array.from(strongest)).map((place) => contenders.indices[n]![place]!)
  })
}

function refuseUngrouped(label: number, groups: readonly ContestGroup[], names: readonly string[] | undefined): never {
  throw new AgonError('AGON_BAD_INPUT', {
    what: 'target of a contest among groups',
    expected: `a label of one of the groups ${groups.map(({ name }) => `'${name}'`).join(', ')}`,
    found: names?.[label] === undefined ? `label ${label}` : `label ${label} (${names[label]})`,
    remedy: 'Name a target that is in a group, or add this label to one.'
  })
}
