import { rowsOf } from '../labels.js'
import type { MethodContext, Note } from '../method.js'
import type { Competition } from './competitive-options.js'
import type { Contest } from './contest.js'

/** What in a contest is not the published competition but an extension of Agon: every result says so. */
export function extensionNotes(context: MethodContext, contest: Contest, competition: Competition): readonly Note[] {
  return [...subset(context, contest), ...ofGroups(contest), ...ofForm(contest, competition)]
}

function subset({ logits, contestants }: MethodContext, { groups }: Contest): Note[] {
  if (groups) return []
  const of = rowsOf(logits)[0]!.length
  const counts = [...new Set(contestants.map(({ length }) => length))]
  if (counts.every((count) => count === of)) return []
  const count = counts.length === 1 ? `${counts[0]}` : `${Math.min(...counts)} to ${Math.max(...counts)}`
  return [extension(`${count} of the ${of} labels competed. A subset of the labels`)]
}

function ofGroups({ groups }: Contest): Note[] {
  return groups
    ? [extension(`${groups.length} groups of labels competed, members not against each other. A contest among groups`)]
    : []
}

function ofForm({ shares }: Contest, competition: Competition): Note[] {
  if (competition === 'margin')
    return [extension('Every score that wins is weighted by the margin of its win. A margin-weighted map')]
  if (shares === undefined) return []
  const units = shares.temperature.map((value) => Number(value.toPrecision(3))).join(', ')
  return [
    extension(`Every score keeps its share by a softmax (temperature in the map's units: ${units}). A soft competition`)
  ]
}

function extension(what: string): Note {
  return { code: 'extension', message: `${what} is an extension of Agon, not the published competition.` }
}
