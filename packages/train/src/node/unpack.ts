import { readdir } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { AgonError } from '@agon/core'
import { isFolder } from './make-folder.js'
import { runTool } from './run-tool.js'

/** A package of npm or Debian, or a folder of files, as a folder: a package is unpacked into `scratch`. */
export async function unpacked(path: string, scratch: string, signal?: AbortSignal): Promise<string> {
  if (await isFolder(path)) return path
  const given = resolve(path)
  const remedy = `Name a folder that holds the data set's files.`
  const options = { remedy, ...(signal && { signal }) }
  const kind = extname(path).toLowerCase()
  // Of npm's package only the folder of the data: nothing else is put anywhere.
  if (kind === '.tgz') await runTool(scratch, ['tar', '-xzf', given, 'package/data'], options)
  else if (kind === '.deb') await runTool(scratch, ['dpkg-deb', '-x', given, '.'], options)
  else {
    const expected = 'a folder, or a package that ends in .tgz or .deb'
    throw new AgonError('AGON_BAD_FILE', { what: path, expected, found: 'neither', remedy })
  }
  return scratch
}

/** Where the files lie in a package that was unpacked. */
const inner = ['.', 'package/data', 'usr/share/datasets/fashion-mnist', 'usr/share/datasets/mnist']

/** The folder that holds a file of this name, plain or as .gz: the given one, or the place in it that a package has for it; the given one if none does. */
export async function folderWith(name: string, folder: string): Promise<string> {
  for (const place of inner.map((each) => join(folder, each))) {
    const names = await readdir(place).catch((): string[] => [])
    if (names.includes(name) || names.includes(`${name}.gz`)) return place
  }
  return folder
}
