import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AgonError } from '@agon/core'

const aside = '.part'

/** Writes a file of a run's folder aside and renames it: it is there whole or not at all. `name` is relative, with `/`. */
export async function putFile(folder: string, name: string, data: Uint8Array | string): Promise<string> {
  const path = join(folder, name)
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path + aside, data)
    await rename(path + aside, path)
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? String(cause)
    const remedy = 'Name another folder with --out.'
    throw new AgonError('AGON_BAD_FILE', { what: path, expected: 'a place that can be written', found, remedy, cause })
  }
  return name
}

/** Removes what a process that was killed left half written in these folders. */
export async function removeParts(folder: string, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    const names = await readdir(join(folder, part)).catch(() => [])
    for (const name of names) if (name.endsWith(aside)) await rm(join(folder, part, name), { force: true })
  }
}

/** A name as a part of a file's: letters, digits, `.`, `_` and `-` as they are. */
export function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '_')
}
