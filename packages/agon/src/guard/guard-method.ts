import type { Method, MethodEntry, Plugin } from '@agon/core'
import { assertHas, bad, blaming, blamingLater } from './blame.js'

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
      return guardedMethod(what, made)
    }
  }
}

/** What a method computes, blamed on it; the fields of an instance of a class are not its own, so each is named. */
export function guardedMethod(what: string, made: Method): Method {
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
