import { listEngines, type EngineStatus } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { table } from '../output/table.js'

/** `agon engines` */
export function addEngines(program: Command, io: Io): void {
  program
    .command('engines')
    .description('list the engines: which can be used here, and why the others cannot')
    .option('--json', 'print one JSON document')
    .action(({ json }: { json?: boolean }) => {
      const engines = listEngines()
      if (json) io.out(`${JSON.stringify({ engines }, null, 2)}\n`)
      else io.out(text(engines))
    })
}

function text(engines: readonly EngineStatus[]): string {
  const rows = engines.map(({ name, available, about }) => [name, available ? 'available' : 'unavailable', about])
  const attempts = engines.flatMap(({ name, available, attempts: tried }) =>
    available ? [] : tried.map((line) => `  ${name}: tried ${line}\n`)
  )
  const taken = engines.find(({ available }) => available)!.name
  return `${table([['engine', 'state', 'about'], ...rows])}${attempts.join('')}--engine auto takes ${taken}\n`
}
