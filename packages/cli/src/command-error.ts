import { AgonError, knownNames } from 'agon'
import { CommanderError, type Command } from 'commander'

/** Commander's complaints about usage as AgonErrors that list what is known and name what is nearest; the rest unchanged. */
export function commandError(error: unknown, program: Command): unknown {
  if (!(error instanceof CommanderError) || error.exitCode === 0) return error
  const message = error.message.replace(/^error: |\.$/g, '')
  const found = /'([^']*)'/.exec(message)?.[1] ?? ''
  if (error.code === 'commander.unknownOption') {
    return new AgonError('AGON_BAD_OPTION', { what: `option ${found}`, ...knownOptions(found, program), cause: error })
  }
  if (error.code === 'commander.unknownCommand') {
    const known = program.commands.map((command) => command.name())
    return new AgonError('AGON_UNKNOWN_NAME', { what: `command '${found}'`, ...knownNames(found, known), cause: error })
  }
  return new AgonError('AGON_BAD_OPTION', { what: message, remedy: 'See agon --help.', cause: error })
}

/** What is known where an unknown option stands: after a command its own options, before it those of the program. */
function knownOptions(found: string, program: Command): ReturnType<typeof knownNames> {
  const command = program.commands.find((each) => each.name() === program.args[0])
  const known = knownNames(found, [program, ...(command ? [command] : [])].flatMap(longOptions))
  const early = command === undefined && program.commands.flatMap(longOptions).includes(found)
  return early ? { ...known, remedy: 'Options of a command stand after its name.' } : known
}

function longOptions(command: Command): string[] {
  return command.options.flatMap(({ long }) => (long ? [long] : []))
}
