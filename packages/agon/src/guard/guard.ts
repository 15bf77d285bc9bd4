import {
  AgonError,
  type AgonErrorCode,
  type Engine,
  type EngineEntry,
  type Method,
  type MethodEntry,
  type Plugin,
  type Session
} from '@agon/core'

/** A plugin's method whose errors say whose they are. */
export function guardMethod(plugin: Plugin, entry: MethodEntry): MethodEntry {
  const what = `method '${entry.name}' of plugin '${plugin.name}'`
  return {
    name: entry.name,
    competitive: entry.competitive,
    create(options) {
      const made = blaming(what, () => entry.create(options))
      assertHas(what, made, 'name', 'string')
      if (made.pass === undefined && made.attribute === undefined)
        throw bad(what, "a 'pass' or an 'attribute' function", 'neither')
      return guarded(what, made)
    }
  }
}

/** What a method computes, blamed on it; the fields of an instance of a class are not its own, so each is named. */
function guarded(what: string, made: Method): Method {
  const { name, cite, options, pass, attribute, prepare } = made
  return {
    name,
    ...(cite !== undefined && { cite }),
    ...(options && { options }),
    ...(pass && { pass }),
    ...(attribute && { attribute: (context) => blamingLater(what, async () => made.attribute!(context)) }),
    ...(prepare && { prepare: (context) => blamingLater(what, async () => made.prepare!(context)) })
  }
}

/** A plugin's engine, and its sessions, whose errors say whose they are. */
export function guardEngine(plugin: Plugin, entry: EngineEntry): EngineEntry {
  const what = `engine '${entry.name}' of plugin '${plugin.name}'`
  return {
    ...entry,
    async create(options): Promise<Engine> {
      const engine = await blamingLater(what, async () => entry.create(options))
      assertHas(what, engine, 'name', 'string')
      assertHas(what, engine, 'load', 'function')
      return {
        name: engine.name,
        load: async (model) => guardSession(what, await blamingLater(what, async () => engine.load(model)))
      }
    }
  }
}

function guardSession(what: string, session: Session): Session {
  for (const call of ['forward', 'vjp', 'contest', 'dispose'])
    assertHas(`session of ${what}`, session, call, 'function')
  return {
    model: session.model,
    ...(session.precisions && { precisions: session.precisions }),
    forward: (...given) => blamingLater(what, async () => session.forward(...given)),
    vjp: (...given) => blamingLater(what, async () => session.vjp(...given)),
    contest: (...given) => blamingLater(what, async () => session.contest(...given)),
    dispose: () => blaming(what, () => session.dispose())
  }
}

function assertHas(what: string, made: unknown, field: string, type: 'string' | 'function'): void {
  const value = typeof made === 'object' && made !== null ? (made as Record<string, unknown>)[field] : undefined
  if (typeof value !== type)
    throw bad(what, `an object with '${field}', a ${type}`, `${made === null ? 'null' : typeof made}`)
}

function blaming<T>(what: string, run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw blamed(what, error)
  }
}

async function blamingLater<T>(what: string, run: () => Promise<T>): Promise<T> {
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

function bad(what: string, expected: string, found: string): AgonError {
  return new AgonError('AGON_BAD_PLUGIN', { what, expected, found })
}
