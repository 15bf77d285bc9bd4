import { methods } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { table } from '../output/table.js'

/** `agon methods` */
export function addMethods(program: Command, io: Io): void {
  program
    .command('methods')
    .description('list the saliency methods, and whether labels compete in them')
    .option('--json', 'print one JSON document')
    .action(({ json }: { json?: boolean }) => {
      const rows = [...methods].map(({ name, competitive, create }) => ({
        name,
        competitive,
        cite: create().cite ?? null
      }))
      if (json) io.out(`${JSON.stringify({ methods: rows }, null, 2)}\n`)
      else io.out(table([['method', 'labels', 'source'], ...rows.map(cells)]))
    })
}

function cells({ name, competitive, cite }: { name: string; competitive: boolean; cite: string | null }): string[] {
  return [name, competitive ? 'compete' : '-', cite ?? '-']
}
