import { AgonError } from './error.js'
import { knownNames } from './names.js'

/**
 * Given options laid over defaults. Throws AGON_BAD_OPTION for a name that has no default (with the nearest one) and for
 * a value whose type differs from the default's. `owner` names the method or function.
 */
export function resolveOptions<T extends object>(owner: string, defaults: T, given: Partial<T> | undefined): T {
  if (given === undefined) return defaults
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new AgonError('AGON_BAD_OPTION', {
        what: `option '${name}' of ${owner}`,
        ...knownNames(name, Object.keys(defaults))
      })
    }
    const expected = typeof defaults[name as keyof T]
    if (value !== undefined && expected !== 'undefined' && typeof value !== expected) {
      throw new AgonError('AGON_BAD_OPTION', {
        what: `option '${name}' of ${owner}`,
        expected: `a ${expected}`,
        found: `${typeof value} ${String(value)}`
      })
    }
  }
  const kept = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...defaults, ...kept }
}

/** Throws AGON_BAD_OPTION unless the value is a whole number from `least` to `most`. */
export function assertWhole(what: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return
  throw new AgonError('AGON_BAD_OPTION', {
    what,
    expected: `a whole number from ${least} to ${most}`,
    found: `${value}`
  })
}

/** Throws AGON_BAD_OPTION unless the value is one of the choices. */
export function assertChoice(what: string, value: string, choices: readonly string[]): void {
  if (!choices.includes(value)) {
    throw new AgonError('AGON_BAD_OPTION', { what, ...knownNames(value, choices) })
  }
}
