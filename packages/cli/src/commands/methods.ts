import type { Agon, MethodEntry } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { recordedOptions } from '../output/method-options.js'
import { table } from '../output/table.js'
import { ownOption } from '../parse/method-options.js'
import { openAgon, pluginsText } from '../plugins/open-agon.js'

const footer = `competitive-<method> lets the labels compete over the maps of any method in which they do not.\n`

/** `agon methods` */
export function addMethods(program: Command, io: Io): void {
  program
    .command('methods')
    .description('list the saliency methods, those of plugins too: whether labels compete in them, and their options')
    .option('--json', 'print one JSON document')
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const { agon, plugins } = await openAgon(command)
      const rows = [...agon.methods].map((entry) => rowOf(agon, entry))
      if (json) io.out(`${JSON.stringify({ methods: rows, plugins }, null, 2)}\n`)
      else io.out(`${listed(rows)}${footer}${pluginsText(plugins)}`)
    })
}

type Row = ReturnType<typeof rowOf>

function rowOf(agon: Agon, entry: MethodEntry) {
  const { name, competitive } = entry
  const made = entry.create()
  const plugin = agon.broughtBy('methods', name)?.name ?? null
  return { name, competitive, options: recordedOptions(made), cite: made.cite ?? null, plugin }
}

/** With a column of plugins if there are any. */
function listed(rows: readonly Row[]): string {
  const some = rows.some(({ plugin }) => plugin !== null)
  const only = (cell: string): string[] => (some ? [cell] : [])
  return table([
    ['method', 'labels', ...only('plugin'), 'source', 'options'],
    ...rows.map(({ name, competitive, options, cite, plugin }) => [
      name,
      competitive ? 'compete' : '-',
      ...only(plugin ?? '-'),
      cite ?? '-',
      optionsText(options)
    ])
  ])
}

/** `steps=50 baseline=`: what `--option` takes, each with its default, empty for none. */
function optionsText(options: Row['options']): string {
  const taken = Object.entries(options).filter(([name]) => !Object.hasOwn(ownOption, name))
  const texts = taken.map(([name, value]) => `${name}=${String(value ?? '')}`)
  return texts.length === 0 ? '-' : texts.join(' ')
}
