import { AgonError, type MethodEntry } from 'agon'
import { assertOnce } from './choices.js'

/** Options of a method as the command line can give them. */
export type MethodOptions = Readonly<Record<string, number | boolean | string>>

/** Options of every competition that have an option of the command line of their own. */
export const ownOption: Readonly<Record<string, string>> = {
  granularity: '--granularity',
  ties: '--ties',
  channelAxis: '--channel-axis',
  competition: '--competition',
  temperature: '--competition soft:T',
  groups: '--groups',
  groupScore: '--group-score'
}

/** Options whose value is a name, text even where it reads as a number: exporters number the values of a model. */
const names: ReadonlySet<string> = new Set(['layer'])

/**
 * `name=value`, each name once: what reads as a number is one, `true` and `false` are booleans, anything else is text, and so is the name of
 * a layer. Which names there are, and of which type, the method itself knows. Throws AGON_BAD_OPTION, AGON_DUPLICATE_NAME.
 */
export function parseMethodOptions(texts: readonly string[] = []): MethodOptions {
  const pairs = texts.map(parsePair)
  assertOnce(
    '--option',
    pairs.map(([name]) => name)
  )
  return Object.fromEntries(pairs)
}

function parsePair(text: string): [name: string, value: number | boolean | string] {
  const [, name, value] = /^([^=]+)=([^]*)$/.exec(text) ?? []
  if (name === undefined || name.trim() === '') {
    throw new AgonError('AGON_BAD_OPTION', {
      what: '--option',
      expected: 'name=value, such as steps=20',
      found: `'${text}'`
    })
  }
  const given = value!.trim()
  return [name.trim(), names.has(name.trim()) ? given : parseValue(given)]
}

function parseValue(text: string): number | boolean | string {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : text
}

/** Throws AGON_BAD_OPTION for an option of a competition that is to be given by its own name: what is recorded is then what was said. */
export function assertNoOwnOption({ name, competitive }: MethodEntry, given: MethodOptions): void {
  const misplaced = competitive ? Object.keys(given).find((each) => Object.hasOwn(ownOption, each)) : undefined
  if (misplaced === undefined) return
  throw new AgonError('AGON_BAD_OPTION', {
    what: `--option ${misplaced}`,
    expected: `an option of ${name} that has no option of the command line of its own`,
    found: `'${misplaced}'`,
    remedy: `Say ${ownOption[misplaced]}.`
  })
}

/** For commander: one more value of an option that may be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}
