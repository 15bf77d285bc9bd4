import { AgonError, knownNames, type AgonErrorCode } from '@agon/core'

/** Where a value comes from, for its errors. */
export interface Origin {
  readonly code: AgonErrorCode
  /** `preprocess`, or a file and the field in it. */
  readonly what: string
}

export type Fields = Readonly<Record<string, unknown>>

/** An error about one field of a value that came from outside. */
export function fieldError({ code, what }: Origin, field: string, expected: string, found: unknown): AgonError {
  return new AgonError(code, { what: field === '' ? what : `${what}, ${field}`, expected, found: shown(found) })
}

/** Throws unless the value is an object that has only known fields. */
export function assertFields(origin: Origin, value: unknown, known: readonly string[]): asserts value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw fieldError(origin, '', `an object with ${known.join(', ')}`, value)
  }
  const unknown = Object.keys(value).find((field) => !known.includes(field))
  if (unknown === undefined) return
  throw new AgonError(origin.code, { what: `${origin.what}, field '${unknown}'`, ...knownNames(unknown, known) })
}

/** `nothing`, `'text'`, `[1,2]`: a value as an error shows it, at most 80 characters. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = typeof value === 'string' ? `'${value}'` : String(JSON.stringify(value) ?? typeof value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
