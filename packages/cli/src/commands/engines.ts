import type { EngineStatus } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { table } from '../output/table.js'
import { openAgon, pluginsText } from '../plugins/open-agon.js'

/** `agon engines` */
export function addEngines(program: Command, io: Io): void {
  program
    .command('engines')
    .description('list the engines, those of plugins too: which can be used here, and why the others cannot')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { agon, plugins } = await openAgon(command)
      const engines = (await agon.listEngines()).map((status) => ({
        ...status,
        plugin: agon.broughtBy('engines', status.name)?.name ?? null
      }))
      if (json) io.out(`${JSON.stringify({ engines, plugins }, null, 2)}\n`)
      else io.out(`${text(engines)}${pluginsText(plugins)}`)
    })
}

interface Row extends EngineStatus {
  readonly plugin: string | null
}

function text(engines: readonly Row[]): string {
  const rows = engines.map(({ name, available, about, plugin }) => [
    name,
    available ? 'available' : 'unavailable',
    plugin === null ? about : `${about || '-'} (plugin ${plugin})`
  ])
  const attempts = engines.flatMap(({ name, available, attempts: tried }) =>
    available ? [] : tried.map((line) => `  ${name}: tried ${line}\n`)
  )
  const taken = engines.find(({ available }) => available)!.name
  return `${table([['engine', 'state', 'about'], ...rows])}${attempts.join('')}--engine auto takes ${taken}\n`
}
