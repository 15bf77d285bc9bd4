import { competitive, competitiveDefaults, type MethodEntry } from '@agon/core'

/** The competition of all labels over a method's maps, as a registry holds it. It takes the options of `competitive` and the method's own. */
export function competitiveEntry(entry: MethodEntry): MethodEntry {
  const own = `competitive-${entry.name}`
  return {
    name: own,
    competitive: true,
    create(options = {}) {
      const all = Object.entries(options)
      const [competition, base] = [true, false].map((of) =>
        Object.fromEntries(all.filter(([option]) => Object.hasOwn(competitiveDefaults, option) === of))
      )
      return competitive(entry.create(base), { name: own, ...competition })
    }
  }
}
