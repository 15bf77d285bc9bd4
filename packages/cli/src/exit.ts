import { AgonError } from 'agon'
import { CommanderError } from 'commander'
import type { Io } from './io.js'

/**
 * 0 ok, 1 a defect of Agon, 2 bad input or usage, 130 interrupted. Of `agon check`: 3 a condition of --fail-on is met, 4 its time was up before it was done,
 * 5 it is done, but for cells that failed.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 130

/** What a command is told of the call that it is part of, and how it says how the process ends where nothing is thrown. */
export interface Call {
  readonly argv: readonly string[]
  readonly endWith: (code: ExitCode) => void
}

/** Says in one line on standard error why a command failed, and with which code the process ends. */
export function reportFailure(error: unknown, io: Io, debug: boolean): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0 // help and version
  if (io.signal.aborted || isAbort(error)) {
    io.err('agon: interrupted\n')
    return 130
  }
  const known = error instanceof AgonError ? error : undefined
  const code = known?.code ?? 'AGON_INTERNAL'
  io.err(`agon: [${code}] ${oneLine(error, code)}\n`)
  if (debug) io.err(`${stackOf(error)}\n`)
  return code === 'AGON_INTERNAL' ? 1 : 2
}

function oneLine(error: unknown, code: string): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ')
  return code === 'AGON_INTERNAL' ? `${message}. This is a defect of Agon; --debug shows where.` : message
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : `\ncaused by: ${stackOf(error.cause)}`
  return `${error.stack ?? error.message}${cause}`
}
