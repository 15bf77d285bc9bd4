import { guardStreams } from './guard-streams.js'
import { main } from './main.js'

const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort()) // a second one ends the process at once
guardStreams(process)

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  terminal: process.stderr.isTTY,
  signal: interrupt.signal
})
