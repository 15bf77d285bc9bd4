import { CommanderError } from 'commander'
import { createProgram } from './program.js'
import { commandError } from './command-error.js'
import { reportFailure, type ExitCode } from './exit.js'
import type { Io } from './io.js'

/**
 * Runs the command line `agon <argv...>` and returns its exit code: 0 ok, 2 bad input or usage (one line on standard
 * error), 1 a defect of Agon, 130 interrupted, and those of `agon check` (see exit.ts). Never throws and never ends the process.
 */
export async function main(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = createProgram(io, { argv, endWith: (found) => void (code = found) })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (isBare(error)) {
      program.outputHelp()
      return 0
    }
    return reportFailure(commandError(error, program), io, program.opts<{ debug?: boolean }>().debug === true)
  }
}

/** Whether no command was named. */
function isBare(error: unknown): boolean {
  return error instanceof CommanderError && error.code === 'commander.help'
}
