import { AgonError, knownNames, methods, type Agon, type Method, type MethodEntry } from 'agon'
import { makeMethod } from './choose-methods.js'
import { parseMethodOptions } from './method-options.js'

/** Names of the methods over whose maps labels can compete. */
export function baseNames(known: Iterable<MethodEntry> = methods): string[] {
  return [...known].flatMap(({ name, competitive }) => (competitive ? [] : [name]))
}

/** A method over whose maps labels can compete, with its options. Throws AGON_UNKNOWN_NAME, AGON_BAD_OPTION for one that is a competition itself. */
export function parseBase(agon: Agon, text: string, option: readonly string[] | undefined): Method {
  const entry = agon.methods.get(text.trim())
  if (!entry.competitive) return makeMethod(agon, entry, parseMethodOptions(option))
  throw new AgonError('AGON_BAD_OPTION', { what: '--base', ...knownNames(entry.name, baseNames(agon.methods)) })
}
