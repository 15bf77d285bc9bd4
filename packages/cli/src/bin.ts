import { main } from './main.js'

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort()) // a second one ends the process at once
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0) // the reader of a pipe has seen enough
  throw error
})

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  terminal: process.stderr.isTTY,
  signal: interrupt.signal
})
