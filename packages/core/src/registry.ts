import { AgonError } from './error.js'
import { knownNames } from './names.js'

/** A value that holds plugins of one kind by name. Registries are never global. */
export interface Registry<T extends { readonly name: string }> {
  readonly names: readonly string[]
  /** Throws AGON_UNKNOWN_NAME, listing what is known and the nearest name. */
  get(name: string): T
  has(name: string): boolean
  /** A new registry with more entries. Throws AGON_DUPLICATE_NAME if a name is taken. */
  with(...entries: readonly T[]): Registry<T>
  [Symbol.iterator](): Iterator<T>
}

/** Makes a registry. `kind` (`'method'`, `'engine'`, ...) is used in its errors. */
export function createRegistry<T extends { readonly name: string }>(
  kind: string,
  entries: readonly T[] = []
): Registry<T> {
  const byName = new Map<string, T>()
  for (const entry of entries) {
    if (byName.has(entry.name)) {
      throw new AgonError('AGON_DUPLICATE_NAME', {
        what: `${kind} '${entry.name}'`,
        expected: 'a name that is not taken',
        found: `another ${kind} of that name`,
        remedy: 'Rename one of the two.'
      })
    }
    byName.set(entry.name, entry)
  }
  return {
    names: [...byName.keys()],
    get(name) {
      const entry = byName.get(name)
      if (entry === undefined) {
        throw new AgonError('AGON_UNKNOWN_NAME', { what: `${kind} '${name}'`, ...knownNames(name, [...byName.keys()]) })
      }
      return entry
    },
    has: (name) => byName.has(name),
    with: (...more) => createRegistry(kind, [...byName.values(), ...more]),
    [Symbol.iterator]: () => byName.values()
  }
}
