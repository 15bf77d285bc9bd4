import { methods } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'
import { writeTemplate } from '../output/write-template.js'
import { parseChoice } from '../parse/choices.js'
import { parseNewName } from '../parse/new-name.js'

const after = `
Writes a package of TypeScript: the method, its test by the conformance suite, package.json, tsconfig.json, README.md. It is a plugin:
'agon explain ... --plugin ./<name>/src/<name>.ts --method <name>' runs it as it stands.

Examples:
  agon new method my-method
  agon new method my-method --dir ~/methods
`

/** `agon new` */
export function addNew(program: Command, io: Io): void {
  program
    .command('new')
    .description('write a package in which to start a saliency method of your own')
    .argument('<kind>', 'what: method')
    .argument('<name>', 'its name: small letters, digits and hyphens')
    .option('--dir <folder>', 'the folder that the package becomes a folder of', '.')
    .addHelpText('after', after)
    .action(async (kind: string, name: string, { dir }: { dir: string }) => {
      const template = parseChoice('what is new', kind, ['method'])
      const { folder, files } = await writeTemplate(template, parseNewName(name, methods.names), dir)
      io.out(`${folder}\n${files.map((file) => `  ${file}\n`).join('')}cd ${folder} && npm install && npm test\n`)
    })
}
