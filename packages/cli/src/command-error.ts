import { AgonError, knownNames } from 'agon'
import { CommanderError, type Command } from 'commander'

/** Commander's complaints about usage as AgonErrors that list what is known and name what is nearest; the rest unchanged. */
export function commandError(error: unknown, program: Command): unknown {
  if (!(error instanceof CommanderError) || error.exitCode === 0) return error
  const message = error.message.replace(/^error: |\.$/g, '')
  const found = /'([^']*)'/.exec(message)?.[1] ?? ''
  if (error.code === 'commander.unknownOption') {
    const known = [...new Set([program, ...program.commands].flatMap(longOptions))]
    return new AgonError('AGON_BAD_OPTION', { what: `option ${found}`, ...knownNames(found, known), cause: error })
  }
  if (error.code === 'commander.unknownCommand') {
    const known = program.commands.map((command) => command.name())
    return new AgonError('AGON_UNKNOWN_NAME', { what: `command '${found}'`, ...knownNames(found, known), cause: error })
  }
  return new AgonError('AGON_BAD_OPTION', { what: message, remedy: 'See agon --help.', cause: error })
}

function longOptions(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long ? [long] : []))
}
