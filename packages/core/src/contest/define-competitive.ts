import { AgonError } from '../error.js'
import type { Method } from '../method.js'
import { knownNames } from '../names.js'
import { competitive } from './competitive.js'
import { competitiveDefaults, extensionSuffix, type CompetitiveOptions } from './competitive-options.js'

/**
 * Makes the factory of a method in which labels compete over the maps of one base method. It takes the options of `competitive` and those of
 * the base, each by its name; an option that both know goes to both. `base` must have a default for every option.
 * The factory throws AGON_BAD_OPTION for an option that neither knows, and whatever the two throw for wrong values.
 */
export function defineCompetitive<BaseOptions extends object>(
  name: string,
  base: (options?: Partial<BaseOptions>) => Method
): (options?: Partial<CompetitiveOptions & BaseOptions>) => Method {
  return (given = {}) => {
    const ofBase = Object.keys(base().options ?? {})
    assertKnown(name, Object.keys(given), [...new Set([...Object.keys(competitiveDefaults), ...ofBase])])
    const made = base(pick(given, ofBase) as Partial<BaseOptions>)
    const own: Partial<CompetitiveOptions> = pick(given, Object.keys(competitiveDefaults))
    return competitive(made, { name: `${name}${extensionSuffix(own)}`, ...own })
  }
}

function assertKnown(owner: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((option) => !known.includes(option))
  if (unknown === undefined) return
  throw new AgonError('AGON_BAD_OPTION', { what: `option '${unknown}' of ${owner}`, ...knownNames(unknown, known) })
}

/** The options of these names that have a value. */
function pick(options: object, names: readonly string[]): object {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => names.includes(name) && value !== undefined)
  )
}
