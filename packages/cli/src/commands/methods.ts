import { methods, type MethodEntry } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { recordedOptions } from '../output/method-options.js'
import { table } from '../output/table.js'
import { ownOption } from '../parse/method-options.js'

/** `agon methods` */
export function addMethods(program: Command, io: Io): void {
  program
    .command('methods')
    .description('list the saliency methods, whether labels compete in them, and their options')
    .option('--json', 'print one JSON document')
    .action(({ json }: { json?: boolean }) => {
      const rows = [...methods].map(rowOf)
      if (json) io.out(`${JSON.stringify({ methods: rows }, null, 2)}\n`)
      else io.out(table([['method', 'labels', 'source', 'options'], ...rows.map(cells)]))
    })
}

type Row = ReturnType<typeof rowOf>

function rowOf({ name, competitive, create }: MethodEntry) {
  const made = create()
  return { name, competitive, options: recordedOptions(made), cite: made.cite ?? null }
}

function cells({ name, competitive, options, cite }: Row): string[] {
  return [name, competitive ? 'compete' : '-', cite ?? '-', optionsText(options)]
}

/** `steps=50 baseline=`: what `--option` takes, each with its default, empty for none. */
function optionsText(options: Row['options']): string {
  const taken = Object.entries(options).filter(([name]) => !Object.hasOwn(ownOption, name))
  const texts = taken.map(([name, value]) => `${name}=${String(value ?? '')}`)
  return texts.length === 0 ? '-' : texts.join(' ')
}
