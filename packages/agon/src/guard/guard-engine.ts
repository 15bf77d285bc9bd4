import type { Engine, EngineEntry, Plugin, Session } from '@agon/core'
import { assertHas, blaming, blamingLater } from './blame.js'

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
    ...(session.recycle && { recycle: (contest) => blaming(what, () => session.recycle!(contest)) }),
    dispose: () => blaming(what, () => session.dispose())
  }
}
