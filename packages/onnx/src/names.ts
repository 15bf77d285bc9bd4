/** Gives out names that nothing has yet: `base`, else `base_2`, `base_3`, ... */
export interface Names {
  fresh(base: string): string
}

export function createNames(taken: Iterable<string>): Names {
  const all = new Set(taken)
  const counts = new Map<string, number>()
  return {
    fresh(given) {
      const base = given.slice(-200)
      let name = base
      let count = counts.get(base) ?? 1
      while (name === '' || all.has(name)) name = `${base}_${++count}`
      counts.set(base, count)
      all.add(name)
      return name
    }
  }
}

/** The names, the second of two equal ones changed to `name_2`, and so on. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const all = createNames([])
  return names.map((name) => all.fresh(name))
}
