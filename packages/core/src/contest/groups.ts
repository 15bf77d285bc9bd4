import { AgonError } from '../error.js'
import { resolveLabel } from '../labels.js'

/** Labels, by index or name, that meet the others as one: lists under a name each, or plain lists, which are named `group 0`, `group 1`, ... */
export type Groups = Readonly<Record<string, readonly (number | string)[]>> | readonly (readonly (number | string)[])[]

/** A group whose labels were found. */
export interface ContestGroup {
  readonly name: string
  readonly labels: readonly number[]
}

/** Throws AGON_BAD_OPTION for what is no grouping, AGON_UNKNOWN_NAME for a label, AGON_DUPLICATE_NAME for one that stands in two places. */
export function resolveGroups(groups: Groups, count: number, names: readonly string[] | undefined): ContestGroup[] {
  const found = assertGroups(groups).map(([name, labels]) => ({
    name,
    labels: labels.map((label) => resolveLabel(label, count, names))
  }))
  const owner = new Map<number, string>()
  for (const { name, labels } of found) {
    for (const label of labels) {
      if (owner.has(label)) throw twice(label, owner.get(label)!, name)
      owner.set(label, name)
    }
  }
  return found
}

/** The groups with their names, before their labels are looked up. Throws AGON_BAD_OPTION for what is no grouping. */
export function assertGroups(groups: unknown): [string, readonly (number | string)[]][] {
  const entries = entriesOf(groups)
  if (entries.length < 2) throw badGroups('at least two groups', `${entries.length}`)
  return entries.map(([name, labels]) => {
    assertList(name, labels)
    return [name, labels]
  })
}

function entriesOf(groups: unknown): [string, unknown][] {
  if (Array.isArray(groups)) return groups.map((labels, g) => [`group ${g}`, labels])
  if (typeof groups === 'object' && groups !== null) return Object.entries(groups)
  throw badGroups('lists of labels, or an object of named lists', groups === null ? 'null' : typeof groups)
}

function assertList(name: string, labels: unknown): asserts labels is readonly (number | string)[] {
  const isLabel = (label: unknown): boolean => typeof label === 'number' || typeof label === 'string'
  if (Array.isArray(labels) && labels.length > 0 && labels.every(isLabel)) return
  const found = Array.isArray(labels) && labels.length === 0 ? 'an empty list' : JSON.stringify(labels)?.slice(0, 60)
  throw badGroups(`a list of labels, by index or name, in '${name}'`, found ?? typeof labels)
}

function badGroups(expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_OPTION', { what: 'groups', expected, found })
}

function twice(label: number, first: string, second: string): AgonError {
  return new AgonError('AGON_DUPLICATE_NAME', {
    what: 'groups',
    expected: 'every label in one place',
    found: first === second ? `label ${label} twice in '${first}'` : `label ${label} in '${first}' and in '${second}'`
  })
}
