import { createEngine, engineNotes, type Engine, type EngineName } from 'agon'
import { sayNote, type Io } from '../io.js'

/** What the commands below have of options. */
interface Wanted {
  readonly engine: EngineName
  readonly threads?: number
  /** For a command that fits a model. */
  readonly learns?: boolean
}

/** The engine of a command that has no record to note things in. */
export function openEngine(io: Io, { engine: name, threads, learns = false }: Wanted): Engine {
  const chosen = createEngine(name, { learns, ...(threads !== undefined && { threads }) })
  for (const { message } of engineNotes(chosen)) sayNote(io, message)
  return chosen.engine
}
