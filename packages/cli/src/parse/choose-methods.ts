import { AgonError, knownNames, type Agon, type Method, type MethodEntry } from 'agon'
import { assertOnce } from './choices.js'
import type { CompetitionOptions } from './competition.js'
import { assertNoOwnOption, parseMethodOptions, type MethodOptions } from './method-options.js'

/** A method of the command line, with its options. */
export interface ChosenMethod {
  /** Its name in the registry. */
  readonly name: string
  readonly competitive: boolean
  /** The plugin that brought it. */
  readonly plugin?: string
  readonly made: Method
}

/** What the options of a competition are made from. */
export interface Competition extends CompetitionOptions {
  readonly channelAxis?: number
}

/**
 * The methods of a list separated by commas, with the options of `--option` that each of them knows. Throws AGON_UNKNOWN_NAME, AGON_DUPLICATE_NAME, and
 * AGON_BAD_OPTION for an option that none of them knows.
 */
export function chooseMethods(
  agon: Agon,
  list: string,
  option: readonly string[] | undefined,
  competition: Competition
): readonly ChosenMethod[] {
  const names = list.split(',').map((name) => name.trim())
  assertOnce('--method', names)
  const entries = names.map((name) => agon.method(name))
  const shares = shareOptions(entries, parseMethodOptions(option))
  return entries.map((entry, i) => {
    assertNoOwnOption(entry, shares[i]!)
    const registered = agon.methods.has(entry.name) ? entry.name : entry.name.replace(/^competitive-/, '')
    const plugin = agon.broughtBy('methods', registered)
    const made = makeMethod(agon, entry, { ...competing(entry, competition), ...shares[i] })
    return { name: entry.name, competitive: entry.competitive, ...(plugin && { plugin: plugin.name }), made }
  })
}

/** Makes a method with options of the command line: where a method goes, the name of one does. */
export function makeMethod(agon: Agon, entry: MethodEntry, options: object): Method {
  const defaults = entry.create().options ?? {}
  const given = Object.entries(options).map(([name, value]: [string, unknown]) => {
    const isName = typeof value === 'string' && isMethod(defaults[name as keyof typeof defaults])
    return [name, isName ? agon.method(value).create() : value]
  })
  return entry.create(Object.fromEntries(given) as object)
}

function isMethod(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('pass' in value || 'attribute' in value)
}

/**
 * One method is given all options and refuses what it does not know. Of several, those that know an option by its name get it; if none does, those
 * that do not say which options they have.
 */
function shareOptions(entries: readonly MethodEntry[], given: MethodOptions): readonly MethodOptions[] {
  if (entries.length === 1) return [given]
  const known = entries.map((entry) => entry.create().options)
  const silent = known.map((options) => options === undefined)
  const shares: Record<string, MethodOptions[string]>[] = entries.map(() => ({}))
  for (const [name, value] of Object.entries(given)) {
    const knowing = known.map((options) => options !== undefined && Object.hasOwn(options, name))
    const takers = knowing.includes(true) ? knowing : silent
    if (!takers.includes(true)) throw unknownOption(name, entries, known)
    takers.forEach((takes, i) => takes && (shares[i]![name] = value))
  }
  return shares
}

function unknownOption(
  name: string,
  entries: readonly MethodEntry[],
  known: readonly (object | undefined)[]
): AgonError {
  const names = [...new Set(known.flatMap((options) => Object.keys(options ?? {})))]
  const what = `option '${name}' of ${entries.map((entry) => entry.name).join(', ')}`
  return new AgonError('AGON_BAD_OPTION', { what, ...knownNames(name, names) })
}

/** Only competitive methods have a granularity; an extension is given where it was asked for. */
function competing({ competitive }: MethodEntry, options: Competition): object {
  if (!competitive) return {}
  const { granularity, ties, channelAxis, competition, temperature, groups, groupScore } = options
  return { granularity, ties, channelAxis, ...given({ competition, temperature, groups, groupScore }) }
}

function given(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
