import { command } from './command.js'
import { stopAll } from './processes.js'

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143]
] as const) {
  process.once(signal, () => {
    stopAll()
    console.error('interrupted; the cases that were finished are in the results file')
    process.exit(code)
  })
}

try {
  process.exitCode = await command(process.argv.slice(2))
} catch (error) {
  stopAll()
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
