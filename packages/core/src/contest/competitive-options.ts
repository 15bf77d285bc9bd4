import { AgonError } from '../error.js'
import type { Granularity } from '../granularity.js'
import { assertChoice } from '../options.js'
import type { Ties } from './competitive-map.js'
import { groupScores, type GroupScore } from './group-fold.js'
import { assertGroups, type Groups } from './groups.js'
import { assertTemperature } from './temperature.js'

/** What of a score the winner keeps: see `competitiveMap` (the paper's), `softMap` and `marginMap` (extensions of Agon). */
export type Competition = 'strict' | 'soft' | 'margin'

export const competitions: readonly Competition[] = ['strict', 'soft', 'margin']

/** Default of `CompetitiveOptions.temperature` where the competition is soft. */
export const defaultTemperature = 0.1

export interface CompetitiveOptions {
  /** `'pixel'` sums channels before competing (default, for pictures and flat inputs); `'element'` contests every number. */
  readonly granularity: Granularity
  /** Axis of the channels (or embedding) where the map is not NCHW. */
  readonly channelAxis: number | undefined
  /** `'lose'` (default, the paper's strict wording) or `'keep'`, of a strict competition. */
  readonly ties: Ties
  /** `'strict'` (default, the paper's); extensions of Agon: `'soft'` keeps every score's share, `'margin'` its lead. */
  readonly competition: Competition
  /** Of a soft competition, over the root mean square of the map of the label with the largest logit, >= 0. Default 0.1. */
  readonly temperature: number | undefined
  /** An extension of Agon: groups of labels that compete in place of single ones. The map is that of the target's group. */
  readonly groups: Groups | undefined
  /** What a group's score is made of. Default `'mean'`. */
  readonly groupScore: GroupScore | undefined
  /** Name of the method; default `competitive-<base>`, and at its end the extensions: `-soft`, `-margin`, `-groups`. */
  readonly name: string | undefined
}

export const competitiveDefaults: CompetitiveOptions = {
  granularity: 'pixel',
  channelAxis: undefined,
  ties: 'lose',
  competition: 'strict',
  temperature: undefined,
  groups: undefined,
  groupScore: undefined,
  name: undefined
}

/** `-soft-groups`, say: a competition that is not the paper's does not go by the paper's name. */
export function extensionSuffix({ competition, groups }: Partial<CompetitiveOptions>): string {
  const isOther = competition !== undefined && competition !== 'strict'
  return `${isOther ? `-${competition}` : ''}${groups === undefined ? '' : '-groups'}`
}

/** Checked, with the defaults of the options that only some competitions have. Throws AGON_BAD_OPTION. */
export function filledIn(options: CompetitiveOptions): CompetitiveOptions {
  const { granularity, ties, competition, temperature, groups, groupScore } = options
  assertChoice('granularity of competitive', granularity, ['pixel', 'element'])
  assertChoice('ties of competitive', ties, ['lose', 'keep'])
  assertChoice('competition of competitive', competition, competitions)
  if (groupScore !== undefined) assertChoice('groupScore of competitive', groupScore, groupScores)
  if (groups !== undefined) assertGroups(groups)
  if (ties === 'keep' && competition !== 'strict') throw unused("ties 'keep'", "competition 'strict'", competition)
  if (temperature !== undefined && competition !== 'soft')
    throw unused('temperature', "competition 'soft'", competition)
  if (groupScore !== undefined && groups === undefined) throw unused('groupScore', 'groups', 'none')
  if (temperature !== undefined) assertTemperature(temperature)
  return {
    ...options,
    ...(competition === 'soft' && { temperature: temperature ?? defaultTemperature }),
    ...(groups !== undefined && { groupScore: groupScore ?? 'mean' })
  }
}

function unused(option: string, needs: string, found: string): AgonError {
  return new AgonError('AGON_BAD_OPTION', {
    what: `${option} of competitive`,
    expected: `it beside ${needs}`,
    found: `'${found}'`
  })
}
