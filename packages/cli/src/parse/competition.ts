import { readFile } from 'node:fs/promises'
import {
  AgonError,
  assertGroups,
  competitions,
  groupScores,
  type Competition,
  type Granularity,
  type Groups,
  type GroupScore,
  type Ties
} from 'agon'
import { parseChoice } from './choices.js'

/** The options of a competition as typed by the user. */
export interface RawCompetitionOptions {
  readonly granularity: string
  readonly ties: string
  readonly competition: string
  readonly groups?: string
  readonly groupScore?: string
}

/** The same, checked; of the extensions only what was asked for. */
export interface CompetitionOptions {
  readonly granularity: Granularity
  readonly ties: Ties
  readonly competition?: Competition
  readonly temperature?: number
  readonly groups?: Groups
  readonly groupScore?: GroupScore
}

/** Throws AGON_BAD_OPTION, and AGON_BAD_FILE for a file of groups. */
export async function parseCompetition(raw: RawCompetitionOptions): Promise<CompetitionOptions> {
  const { competition, temperature } = parseForm(raw.competition)
  return {
    granularity: parseChoice('--granularity', raw.granularity, ['pixel', 'element']),
    ties: parseChoice('--ties', raw.ties, ['lose', 'keep']),
    ...(competition !== 'strict' && { competition }),
    ...(temperature !== undefined && { temperature }),
    ...(raw.groups !== undefined && { groups: await readGroups(raw.groups) }),
    ...(raw.groupScore !== undefined && { groupScore: parseChoice('--group-score', raw.groupScore, groupScores) })
  }
}

/** `strict`, `margin`, `soft` or `soft:0.2`. */
function parseForm(text: string): { readonly competition: Competition; readonly temperature?: number } {
  const [, soft, number] = /^(soft):(.*)$/.exec(text.trim()) ?? []
  if (soft === undefined) return { competition: parseChoice('--competition', text, competitions) }
  const temperature = /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(number!) ? Number(number) : NaN
  if (Number.isFinite(temperature)) return { competition: 'soft', temperature }
  throw new AgonError('AGON_BAD_OPTION', {
    what: '--competition soft:T',
    expected: 'a number >= 0, such as soft:0.1',
    found: `'${number}'`
  })
}

/** Groups of labels from a .json file: an object of named lists, or a list of lists. */
export async function readGroups(path: string): Promise<Groups> {
  const fail = (expected: string, found: string, cause: unknown): never => {
    throw new AgonError('AGON_BAD_FILE', { what: `--groups ${path}`, expected, found, cause })
  }
  const text = await readFile(path, 'utf8').catch((error: Error) =>
    fail('a file that can be read', error.message, error)
  )
  let groups: unknown
  try {
    groups = JSON.parse(text)
  } catch (error) {
    fail('JSON', (error as Error).message, error)
  }
  try {
    assertGroups(groups)
  } catch (error) {
    if (error instanceof AgonError) fail(error.expected!, error.found!, error)
    throw error
  }
  return groups as Groups
}
