/** The parts of a process that `guardStreams` needs. */
export interface Streams {
  readonly stdout: Pick<NodeJS.WriteStream, 'on'>
  readonly stderr: Pick<NodeJS.WriteStream, 'on' | 'write'>
  exit(code: number): void
}

/** Ends the process quietly when the reader of a pipe has seen enough, and with one line where output cannot be written. */
export function guardStreams(streams: Streams): void {
  streams.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return streams.exit(0)
    const found = code ?? message
    streams.stderr.write(
      `agon: [AGON_BAD_FILE] standard output: expected a place that can be written, found ${found}\n`
    )
    streams.exit(2)
  })
  streams.stderr.on('error', () => undefined) // nobody reads the notes: the exit code still says how it went
}
