/** What a command may touch of its surroundings, so that tests can run it in-process. */
export interface Io {
  /** Standard output: results. */
  readonly out: (text: string) => void
  /** Standard error: notes, progress, the one line of an error. */
  readonly err: (text: string) => void
  /** Progress is drawn only on a terminal. */
  readonly terminal: boolean
  /** Aborted by SIGINT. */
  readonly signal: AbortSignal
}

/** Says something that the reader of a result must know, on standard error. */
export function sayNote(io: Io, message: string): void {
  io.err(`agon: note: ${message.replace(/\s+/g, ' ')}\n`)
}
