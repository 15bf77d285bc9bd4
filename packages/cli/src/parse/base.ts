import { AgonError, knownNames, methods, type MethodEntry } from 'agon'

/** Names of the methods over whose maps labels can compete. */
export function baseNames(): string[] {
  return [...methods].flatMap(({ name, competitive }) => (competitive ? [] : [name]))
}

/** A method over whose maps labels can compete. Throws AGON_UNKNOWN_NAME, AGON_BAD_OPTION for one that is a competition itself. */
export function parseBase(text: string): MethodEntry {
  const entry = methods.get(text.trim())
  if (!entry.competitive) return entry
  throw new AgonError('AGON_BAD_OPTION', { what: '--base', ...knownNames(entry.name, baseNames()) })
}
