import { createEngine, engineNotes, type Engine, type EngineName } from 'agon'
import { sayNote, type Io } from '../io.js'

/** The engine of a command that has no record to note things in. */
export function openEngine(io: Io, options: { readonly engine: EngineName; readonly threads?: number }): Engine {
  const { engine, report } = createEngine(
    options.engine,
    options.threads === undefined ? {} : { threads: options.threads }
  )
  for (const { message } of engineNotes(report)) sayNote(io, message)
  return engine
}
