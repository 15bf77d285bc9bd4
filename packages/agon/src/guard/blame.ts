import { AgonError, type AgonErrorCode } from '@agon/core'

/** Throws AGON_BAD_PLUGIN for what is no object with this field. */
export function assertHas(what: string, made: unknown, field: string, type: 'string' | 'number' | 'function'): void {
  const value = typeof made === 'object' && made !== null ? (made as Record<string, unknown>)[field] : undefined
  if (typeof value !== type)
    throw bad(what, `an object with '${field}', a ${type}`, `${made === null ? 'null' : typeof made}`)
}

/** What `run` gives; what it throws says whose it is. */
export function blaming<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw blamed(what, error)
  }
}

/** The same of what takes time. */
export async function blamingLater<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw blamed(what, error)
  }
}

/**
 * Errors of Agon and aborts as they are; those with one of Agon's codes, from a plugin's own copy of the core or made without it, keep the code;
 * anything else is AGON_BAD_PLUGIN.
 */
function blamed(what: string, cause: unknown): unknown {
  const { name, code, message } = (cause ?? {}) as { name?: unknown; code?: unknown; message?: unknown }
  if (cause instanceof AgonError || name === 'AbortError') return cause
  if (typeof code === 'string' && /^AGON_[A-Z_]+$/.test(code) && code !== 'AGON_INTERNAL') {
    return new AgonError(code as AgonErrorCode, { what: `${what}: ${String(message)}`, cause })
  }
  return new AgonError('AGON_BAD_PLUGIN', { what, found: `${String(cause)}, which it threw`, cause })
}

export function bad(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_PLUGIN', { what, expected, found })
}
